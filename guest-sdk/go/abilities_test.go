package portcullis

import (
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
		"kv raed test_kv": "right would be kv read BUCKET [KEY...], kv write BUCKET [KEY...] or kv manage BUCKET",
		"stream view a.b": `"a.b" has one of . * > / \, which a name cannot have`,
		"dance":           "right would be publish, subscribe, request, reply, service, stream, kv, object or mqtt",
		"":                "right would be publish, subscribe, request, reply, service, stream, kv, object or mqtt",
		"publish  a":      "between two words there is one blank",
		"publish":         "right would be publish SUBJECT",
		"publish a b":     "right would be publish SUBJECT",
		"publish a..b":    `"a..b" has an empty token; dots stand between tokens only`,
		"publish a*":      `"a*" has a wildcard inside a token; "*" and ">" are tokens of their own`,
		"publish >.a":     `">.a" has ">" before its end; ">" is the last token or none`,
		"publish a\tb":    `"a\tb" has white space or control characters`,
		"kv read b a.*": `"a.*" ends with *, which NATS cannot keep from reaching what lies deeper; end with > or name ` +
			"the keys",
		"kv read b k a..b": `"a..b" has an empty token; dots stand between tokens only`,
		"service offer ä":  `"ä" is no name of a service: letters of ASCII, digits, - and _ make one`,
		"mqtt subscribe +": `"+" cannot be kept from reaching what lies deeper; write # or name the topics`,
		"mqtt publish #/a": `"#/a" has "#" before its end; "#" is the last level or none`,
		"mqtt publish a+":  `"a+" has a wildcard inside a level; "+" and "#" are levels of their own`,
		"mqtt publish a/*": `"a/*" has * or >, the wildcards of NATS; those of MQTT are + and #`,
	} {
		err := CheckAbility(sentence)
		if err == nil || !strings.HasSuffix(err.Error(), " is no ability; "+fault) {
			t.Errorf("%q: got %v, want %s", sentence, err, fault)
		}
	}
	for _, tooLong := range []string{"kv read " + strings.Repeat("b", 253), "object read " + strings.Repeat("b", 252)} {
		if CheckAbility(tooLong) == nil {
			t.Error(len(tooLong))
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
