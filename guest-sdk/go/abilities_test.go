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
