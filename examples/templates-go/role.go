package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"

	"portcullis"
)

// role is a template file, with one statement on each line.
type role struct {
	file  string
	lines []line
}

// line is a word, and a template for the rest of the line. A client cannot influence the word.
type line struct {
	number int
	word   string
	fixed  string             // If there is nothing to insert.
	filled *template.Template // Otherwise.
}

// statements are the words with which a line may begin.
var statements = map[string]func(grant *portcullis.Grant, text string) error{
	"can":            func(grant *portcullis.Grant, text string) error { grant.Can(text); return nil },
	"publish":        func(grant *portcullis.Grant, text string) error { grant.Publish(text); return nil },
	"deny-publish":   func(grant *portcullis.Grant, text string) error { grant.DenyPublish(text); return nil },
	"subscribe":      func(grant *portcullis.Grant, text string) error { grant.Subscribe(text); return nil },
	"deny-subscribe": func(grant *portcullis.Grant, text string) error { grant.DenySubscribe(text); return nil },
	"inbox":          func(grant *portcullis.Grant, text string) error { grant.Inbox(text); return nil },
	"tag":            func(grant *portcullis.Grant, text string) error { grant.Tags(text); return nil },
	"expires-in":     expiresIn,
}

func expiresIn(grant *portcullis.Grant, text string) error {
	lifetime, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%q is not a duration such as 8h or 90m", text)
	}
	grant.ExpiresIn(lifetime)
	return nil
}

// parseRole reads a file and tries it with made-up clients, with a name and without.
func parseRole(file, text string) (role, error) {
	parsed := role{file: file}
	for i, text := range strings.Split(text, "\n") {
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		line, err := parseLine(file, i+1, text)
		if err != nil {
			return role{}, err
		}
		parsed.lines = append(parsed.lines, line)
	}
	if len(parsed.lines) == 0 || parsed.lines[0].word != "account" {
		return role{}, fmt.Errorf("%s: the first statement must be: account NAME", file)
	}
	for _, name := range []portcullis.Optional[string]{portcullis.Some("name"), {}} {
		request := portcullis.Request{
			Server:      portcullis.Server{Cluster: portcullis.Some("cluster")},
			Client:      portcullis.Client{Name: name},
			Credentials: portcullis.Credentials{User: portcullis.Some("user")},
		}
		if _, err := parsed.grant(facts{&request}); err != nil {
			return role{}, err
		}
	}
	return parsed, nil
}

func parseLine(file string, number int, text string) (line, error) {
	word, rest, _ := strings.Cut(text, " ")
	parsed := line{number: number, word: word, fixed: strings.TrimSpace(rest)}
	if statements[word] == nil && (word != "account" || strings.Contains(rest, "{{")) {
		return line{}, fmt.Errorf("%s:%d: %q is not a statement; use account NAME (first, with nothing to insert), %s",
			file, number, word, strings.Join(statementWords(), ", "))
	}
	if !strings.Contains(rest, "{{") {
		return parsed, nil
	}
	// At its position in the file, so that the template's own errors name it.
	source := strings.Repeat("\n", number-1) + strings.Repeat(" ", len(text)-len(rest)) + rest
	var err error
	parsed.filled, err = template.New(file).Option("missingkey=error").Parse(source)
	return parsed, plainly(err)
}

func statementWords() []string {
	var words []string
	for word := range statements {
		words = append(words, word)
	}
	slices.Sort(words)
	return words
}

// grant executes the template.
func (r role) grant(facts facts) (*portcullis.Grant, error) {
	grant := portcullis.Account(r.lines[0].fixed)
	for _, line := range r.lines[1:] {
		text, err := line.fill(facts)
		if err != nil {
			return nil, err
		}
		if text == "" {
			continue // A condition left it empty.
		}
		if line.word == "account" {
			err = errors.New("there can be only one account")
		} else {
			err = statements[line.word](grant, text)
		}
		if err == nil {
			err = grant.Check()
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", r.file, line.number, err)
		}
	}
	return grant, grant.Check()
}

func (l line) fill(facts facts) (string, error) {
	if l.filled == nil {
		return l.fixed, nil
	}
	var filled strings.Builder
	if err := l.filled.Execute(&filled, facts); err != nil {
		return "", plainly(err)
	}
	return strings.TrimSpace(filled.String()), nil
}

// plainly removes what the template package says about itself.
func plainly(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(strings.TrimPrefix(err.Error(), "template: "))
}
