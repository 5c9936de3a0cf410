package portcullis

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// abilityForms lists each ability: its words, and the names after them. A name in brackets is optional, and one with
// dots may be repeated. wit/abilities.md explains them.
var abilityForms = []string{
	"publish SUBJECT",
	"subscribe SUBJECT [QUEUE]",
	"request SUBJECT",
	"reply SUBJECT [QUEUE]",
	"service offer NAME",
	"service find [NAME]",
	"stream publish SUBJECT",
	"stream view STREAM",
	"stream consume STREAM [CONSUMER]",
	"stream manage STREAM",
	"kv read BUCKET [KEY...]",
	"kv write BUCKET [KEY...]",
	"kv manage BUCKET",
	"object read BUCKET",
	"object write BUCKET",
	"object manage BUCKET",
	"mqtt publish TOPIC-FILTER",
	"mqtt subscribe TOPIC-FILTER",
}

// CheckAbility checks that a sentence is an ability with valid names. The error says why it is not.
func CheckAbility(sentence string) error {
	said := strings.Split(sentence, " ")
	if len(said) > 1 && slices.Contains(said, "") {
		return noAbility(sentence, "separate words by one space")
	}
	var alike, first []string
	for _, form := range abilityForms {
		words := strings.Split(form, " ")
		fault, fits := matchForm(form, words, said)
		if fits && fault == "" {
			return nil
		}
		if fits {
			return noAbility(sentence, fault)
		}
		if words[0] == said[0] {
			alike = append(alike, form)
		}
		first = append(first, words[0])
	}
	if alike == nil {
		alike = slices.Compact(first)
	}
	right := alike[len(alike)-1]
	if len(alike) > 1 {
		right = strings.Join(alike[:len(alike)-1], ", ") + " or " + right
	}
	return noAbility(sentence, "use "+right)
}

func noAbility(sentence, fault string) error {
	return fmt.Errorf("%q is not an ability; %s", sentence, fault)
}

// matchForm reports whether the sentence has this form, and then what is wrong with a name in it.
func matchForm(form string, words, said []string) (fault string, fits bool) {
	for len(words) > 0 {
		slot := strings.Trim(words[0], "[].")
		isName, optional, repeated := slot == strings.ToUpper(slot), words[0][0] == '[', strings.Contains(words[0], "...")
		switch {
		case len(said) == 0:
			return fault, optional
		case isName && fault == "":
			if wrong := nameFault(form, slot, said[0]); wrong != "" {
				fault = strconv.Quote(said[0]) + " " + wrong
			}
		case !isName && said[0] != words[0]:
			return "", false
		}
		said = said[1:]
		if !repeated {
			words = words[1:]
		}
	}
	return fault, len(said) == 0
}

// nameFault says why such a name cannot exist, in words that follow the name. The rules are the host's.
func nameFault(form, slot, name string) string {
	switch {
	case name == "":
		return "is empty"
	case strings.ContainsFunc(name, isBlank):
		return "has white space or control characters"
	}
	switch slot {
	case "SUBJECT", "QUEUE":
		return subjectFault(name)
	case "KEY":
		return keyFault(name)
	case "NAME":
		return serviceFault(name)
	case "TOPIC-FILTER":
		if name == "+" && strings.HasPrefix(form, "mqtt subscribe") {
			return "would also reach deeper levels; write # or name the topics"
		}
		return topicFault(name)
	case "BUCKET":
		if strings.HasPrefix(form, "kv") {
			return assetFault("KV_", name)
		}
		return assetFault("OBJ_", name)
	default:
		return assetFault("", name)
	}
}

func isBlank(letter rune) bool { return unicode.IsSpace(letter) || unicode.IsControl(letter) }

// CheckSubject checks that the host accepts an entry of a list for publishing: one subject, wildcards included. The
// error says why it does not. For policies that read subjects from their settings or data.
func CheckSubject(subject string) error {
	fault := nameFault("publish SUBJECT", "SUBJECT", subject)
	switch {
	case subject == "":
		fault = "is empty; write a subject"
	case strings.ContainsFunc(subject, isBlank):
		fault = "has white space or control characters; write each subject as an entry of its own"
	case fault == "":
		return nil
	}
	return fmt.Errorf("%q %s", subject, fault)
}

// CheckSubscription is as [CheckSubject], for an entry of a list for subscribing: "subject" or "subject queue".
func CheckSubscription(entry string) error {
	subject, queue, member := strings.Cut(entry, " ")
	if !member {
		return CheckSubject(entry)
	}
	fault := cmp.Or(subjectFault(subject), subjectFault(queue))
	switch {
	case subject == "" || queue == "" || strings.ContainsFunc(subject+queue, isBlank):
		fault = `has white space or control characters; write "subject" or "subject queue"`
	case len(entry) > 1024:
		fault = "is longer than 1,024 bytes"
	case fault == "":
		return nil
	}
	return fmt.Errorf("%q %s", entry, fault)
}

// subjectFault is stricter than nats-server, which would read a wildcard inside a token as a letter.
func subjectFault(subject string) string {
	tokens := strings.Split(subject, ".")
	switch {
	case len(subject) > 1024:
		return "is longer than 1,024 bytes"
	case len(tokens) > 32:
		return "has more than 32 tokens"
	}
	for i, token := range tokens {
		switch {
		case token == "":
			return "has an empty token; dots only separate tokens"
		case len(token) > 1 && strings.ContainsAny(token, "*>"):
			return `has a wildcard inside a token; "*" and ">" are tokens of their own`
		case token == ">" && i < len(tokens)-1:
			return `has ">" before its end; ">" is the last token or none`
		}
	}
	return ""
}

// keyFault refuses a last "*", because NATS cannot prevent it from reaching deeper keys.
func keyFault(key string) string {
	if fault := subjectFault(key); fault != "" {
		return fault
	}
	if key == "*" || strings.HasSuffix(key, ".*") {
		return "ends with *, which would also reach deeper keys; end with > or name the keys"
	}
	if strings.Count(key, ".") >= 23 {
		return "has more than 23 tokens, too many for a subject that contains it"
	}
	return ""
}

// serviceFault checks the rule of ADR-32 of NATS.
func serviceFault(name string) string {
	odd := func(letter rune) bool {
		return !('a' <= letter && letter <= 'z' || 'A' <= letter && letter <= 'Z' || '0' <= letter && letter <= '9' ||
			letter == '-' || letter == '_')
	}
	if strings.ContainsFunc(name, odd) {
		return "is not a service name: use ASCII letters, digits, - and _"
	}
	return ""
}

// assetFault checks as isValidAssetName of nats-server, which puts the prefix of the stream before a bucket's name.
func assetFault(prefix, name string) string {
	if len(prefix)+len(name) > 255 {
		return "is too long: 255 bytes at most, with the prefix of its stream if it is a bucket"
	}
	if strings.ContainsAny(name, `.*>/\`) {
		return `has one of . * > / \, which a name cannot have`
	}
	return ""
}

// topicFault checks MQTT 3.1.1, 4.7.1. "*" and ">" would be NATS wildcards once the topic becomes a subject.
func topicFault(filter string) string {
	levels := strings.Split(filter, "/")
	for i, level := range levels {
		switch {
		case len(level) > 1 && strings.ContainsAny(level, "+#"):
			return `has a wildcard inside a level; "+" and "#" are levels of their own`
		case level == "#" && i < len(levels)-1:
			return `has "#" before its end; "#" is the last level or none`
		}
	}
	if strings.ContainsAny(filter, "*>") {
		return "has * or >, the wildcards of NATS; those of MQTT are + and #"
	}
	return ""
}
