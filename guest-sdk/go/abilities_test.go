package portcullis

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestAbilitiesAreUnderstood(t *testing.T) {
	for _, sentence := range []string{
		"publish a.b", "subscribe a.> workers", "request orders.*", "reply a", "reply a q", "service offer adder",
		"service find", "service find adder", "stream publish a", "stream view ORDERS", "stream consume ORDERS",
		"stream consume ORDERS worker", "stream manage ORDERS", "kv read b", "kv read b a.> c", "kv write b k",
		"kv manage b", "object read o", "object write o", "object manage o", "mqtt publish a/+/c", "mqtt subscribe a/#",
		"mqtt publish +", "kv read " + strings.Repeat("b", 252), "stream view " + strings.Repeat("s", 255),
	} {
		if err := CheckAbility(sentence); err != nil {
			t.Error(err)
		}
	}
}

func TestWhatIsNoAbilityIsExplained(t *testing.T) {
	for sentence, fault := range map[string]string{
		"kv raed test_kv": "use kv read BUCKET [KEY...], kv write BUCKET [KEY...] or kv manage BUCKET",
		"stream view a.b": `"a.b" has one of . * > / \, which a name cannot have`,
		"dance":           "use publish, subscribe, request, reply, service, stream, kv, object or mqtt",
		"":                "use publish, subscribe, request, reply, service, stream, kv, object or mqtt",
		"publish  a":      "separate words by one space",
		"publish":         "use publish SUBJECT",
		"publish a b":     "use publish SUBJECT",
		"publish a..b":    `"a..b" has an empty token; dots only separate tokens`,
		"publish a*":      `"a*" has a wildcard inside a token; "*" and ">" are tokens of their own`,
		"publish >.a":     `">.a" has ">" before its end; ">" is the last token or none`,
		"publish a\tb":    `"a\tb" has white space or control characters`,
		"kv read b a.*": `"a.*" ends with *, which would also reach deeper keys; end with > or name ` +
			"the keys",
		"kv read b k a..b": `"a..b" has an empty token; dots only separate tokens`,
		"service offer ä":  `"ä" is not a service name: use ASCII letters, digits, - and _`,
		"mqtt subscribe +": `"+" would also reach deeper levels; write # or name the topics`,
		"mqtt publish #/a": `"#/a" has "#" before its end; "#" is the last level or none`,
		"mqtt publish a+":  `"a+" has a wildcard inside a level; "+" and "#" are levels of their own`,
		"mqtt publish a/*": `"a/*" has * or >, the wildcards of NATS; those of MQTT are + and #`,
	} {
		err := CheckAbility(sentence)
		if err == nil || !strings.HasSuffix(err.Error(), " is not an ability; "+fault) {
			t.Errorf("%q: got %v, want %s", sentence, err, fault)
		}
	}
	for _, tooLong := range []string{"kv read " + strings.Repeat("b", 253), "object read " + strings.Repeat("b", 252)} {
		if CheckAbility(tooLong) == nil {
			t.Error(len(tooLong))
		}
	}
}

func TestASubjectIsCheckedAsTheHostDoes(t *testing.T) {
	const own = "has white space or control characters; write each subject as an entry of its own"
	const one = `has white space or control characters; write "subject" or "subject queue"`
	for _, subject := range []string{"a", "a.b", "*", ">", "a.*.>", "$JS.API.INFO", "ü.{{name}}.>"} {
		if err := errors.Join(CheckSubject(subject), CheckSubscription(subject), CheckSubscription(subject+" q.*")); err != nil {
			t.Error(err)
		}
	}
	for entry, fault := range map[string]string{
		"":         "is empty; write a subject",
		"a..b":     "has an empty token; dots only separate tokens",
		"foo*":     `has a wildcard inside a token; "*" and ">" are tokens of their own`,
		"a.>.b":    `has ">" before its end; ">" is the last token or none`,
		"a\tb":     own,
		"a\u2003b": own,
	} {
		want := fmt.Sprintf("%q %s", entry, fault)
		for _, err := range []error{CheckSubject(entry), CheckSubscription(entry)} {
			if err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
	}
	if err := CheckSubject("a.> b.>"); err == nil || err.Error() != `"a.> b.>" `+own {
		t.Error(err)
	}
	for entry, fault := range map[string]string{
		"a b c": one, "a ": one, " a": one, "a  b": one, "a b\t": one,
		"a q..r": "has an empty token; dots only separate tokens",
		strings.Repeat("a", 1000) + " " + strings.Repeat("q", 24): "is longer than 1,024 bytes",
	} {
		if err := CheckSubscription(entry); err == nil || err.Error() != fmt.Sprintf("%q %s", entry, fault) {
			t.Errorf("got %v, want %s", err, fault)
		}
	}
}

// The contract lists each form in backquotes.
func TestTheContractTellsOfEveryForm(t *testing.T) {
	wit, err := os.ReadFile("../../wit/types.wit")
	if err != nil {
		wit, err = os.ReadFile("../wit/types.wit") // Beside a policy.
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range abilityForms {
		if !strings.Contains(string(wit), "`"+form+"`") {
			t.Errorf("%s is missing", form)
		}
	}
}
