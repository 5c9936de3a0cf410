package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"

	"portcullis"
)

type users map[string]*user

type user struct {
	Pass    string `json:"pass"`
	Account string `json:"account"`
	// Without these and the fields below: the account's defaults.
	Permissions  *permissions `json:"permissions"`
	Can          *[]string    `json:"can"`
	Inbox        *string      `json:"inbox"`
	JetStreamAPI *string      `json:"jetstream_api"`
}

type permissions struct {
	Pub  subjects   `json:"pub"`
	Sub  subjects   `json:"sub"`
	Resp *responses `json:"resp"`
}

type subjects struct {
	Allow []string `json:"allow"`
	Deny  []string `json:"deny"`
}

// responses are as the server writes them: zero is its default, a negative value means no limit.
type responses struct {
	Max int64         `json:"max"`
	TTL time.Duration `json:"ttl"` // Nanoseconds.
}

func readUsers(settings *portcullis.Settings) (users, error) {
	var users users
	if err := settings.DataJSON("users.json", &users); err != nil {
		return nil, err
	}
	var faults []string
	for name, user := range users {
		if err := user.fault(name); err != nil {
			faults = append(faults, fmt.Sprintf("users.json: user %q: %v", name, err))
		}
	}
	if len(faults) > 0 {
		return nil, errors.New(slices.Min(faults)) // The same one each time, whatever the order of the map.
	}
	return users, nil
}

func (u *user) fault(name string) error {
	switch {
	case name == "":
		return errors.New("the name must not be empty")
	case u == nil:
		return errors.New("is not an object with pass and account")
	case u.Pass == "":
		return errors.New("pass is missing or empty")
	case u.Account == "":
		return errors.New("account is missing or empty")
	}
	if prefix := hashPrefix(u.Pass); prefix != "" {
		return fmt.Errorf("pass: this is a hash (%s...), and the policy compares plain text: whoever shows the hash "+
			"would be admitted; write the password itself", prefix)
	}
	if u.Can != nil {
		for i, sentence := range *u.Can {
			if err := portcullis.CheckAbility(sentence); err != nil {
				return fmt.Errorf("can[%d]: %w", i, err)
			}
		}
	}
	if u.Permissions != nil {
		if err := u.Permissions.fault(); err != nil {
			return fmt.Errorf("permissions.%w", err)
		}
	}
	return u.prefixFault()
}

func (p *permissions) fault() error {
	for _, list := range []struct {
		name    string
		entries []string
		check   func(string) error
	}{
		{"pub.allow", p.Pub.Allow, portcullis.CheckSubject}, {"pub.deny", p.Pub.Deny, portcullis.CheckSubject},
		{"sub.allow", p.Sub.Allow, portcullis.CheckSubscription}, {"sub.deny", p.Sub.Deny, portcullis.CheckSubscription},
	} {
		for i, entry := range list.entries {
			if err := list.check(entry); err != nil {
				return fmt.Errorf("%s[%d]: %w", list.name, i, err)
			}
		}
	}
	return nil
}

func (u *user) prefixFault() error {
	for _, field := range []struct {
		name   string
		prefix *string
	}{{"inbox", u.Inbox}, {"jetstream_api", u.JetStreamAPI}} {
		if field.prefix != nil && !isPrefix(*field.prefix) {
			return fmt.Errorf("%s: must be tokens with dots between them, without wildcards and blanks", field.name)
		}
	}
	if u.Inbox != nil && strings.HasPrefix(*u.Inbox, "$") {
		return errors.New("inbox begins with $, which is reserved for the server; choose another, such as _INBOX_name")
	}
	// A prefix alone would have no effect except to remove the account's defaults.
	if (u.Inbox != nil || u.JetStreamAPI != nil) && u.Can == nil {
		return errors.New("inbox and jetstream_api belong to abilities: add can")
	}
	return nil
}

// isPrefix reports whether the host can add tokens to it.
func isPrefix(prefix string) bool {
	odd := func(letter rune) bool {
		return unicode.IsSpace(letter) || unicode.IsControl(letter) || letter == '*' || letter == '>'
	}
	return !slices.Contains(strings.Split(prefix, "."), "") && !strings.ContainsFunc(prefix, odd)
}

func (u *user) grant() *portcullis.Grant {
	if u.Permissions == nil && u.Can == nil {
		return portcullis.AccountDefaults(u.Account)
	}
	grant := portcullis.Account(u.Account)
	if u.Permissions != nil {
		u.Permissions.addTo(grant)
	}
	if u.Inbox != nil {
		grant.Inbox(*u.Inbox)
	}
	if u.JetStreamAPI != nil {
		grant.JetStreamAPI(*u.JetStreamAPI)
	}
	if u.Can != nil {
		grant.Can(*u.Can...)
	}
	return grant
}

func (p *permissions) addTo(grant *portcullis.Grant) {
	grant.Publish(p.Pub.Allow...).DenyPublish(p.Pub.Deny...).Subscribe(p.Sub.Allow...).DenySubscribe(p.Sub.Deny...)
	if p.Resp == nil {
		return
	}
	most := uint32(math.MaxUint32)
	if 0 <= p.Resp.Max && p.Resp.Max < math.MaxUint32 {
		most = uint32(p.Resp.Max)
	}
	grant.AllowResponses(most, p.Resp.TTL)
}
