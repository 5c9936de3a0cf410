package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portcullis"
	"portcullis/portcullistest"
)

// shipped are the files in data.
func shipped(t *testing.T) *portcullistest.SettingsBuilder {
	t.Helper()
	settings := portcullistest.Settings()
	for _, name := range []string{"clerk.tmpl", "sensor.tmpl", "users.json"} {
		contents, err := os.ReadFile(filepath.Join("data", name))
		if err != nil {
			t.Fatal(err)
		}
		settings.Data(name, string(contents))
	}
	return settings
}

func decide(t *testing.T, settings *portcullistest.SettingsBuilder, request *portcullistest.RequestBuilder) portcullis.Decision {
	t.Helper()
	policy, err := configure(settings.Build())
	if err != nil {
		t.Fatal(err)
	}
	return policy.Decide(request.Build())
}

func alice() *portcullistest.RequestBuilder {
	return portcullistest.Request().User("alice").Password("alice")
}

func sensor() *portcullistest.RequestBuilder {
	return portcullistest.Request().User("sensor-7").Password("sensor-7")
}

func TestATemplateIsFilledIn(t *testing.T) {
	clerk := func() *portcullis.Grant {
		return portcullis.Account("APP").Inbox("_INBOX_alice").ExpiresIn(8*time.Hour).Name("alice").
			Can("request orders.*", "kv read notes alice.>", "kv write notes alice.>")
	}
	portcullistest.Expect(t, decide(t, shipped(t), alice()), portcullis.Allow(clerk()))
	browser := decide(t, shipped(t), alice().Transport(portcullis.WebSocket))
	portcullistest.Expect(t, browser, portcullis.Allow(clerk().Subscribe("browser.alice.>")))
	if err := portcullistest.Check(browser); err != nil {
		t.Error(err)
	}
}

func TestANameOfTheClientsOwnIsOneToken(t *testing.T) {
	reports := func(subject string) portcullis.Decision {
		grant := portcullis.Account("APP").Name("sensor-7").Publish(subject).Subscribe("commands.sensor-7.>")
		return portcullis.Allow(grant)
	}
	portcullistest.Expect(t, decide(t, shipped(t), sensor()), reports("readings.sensor-7"))
	portcullistest.Expect(t, decide(t, shipped(t), sensor().ClientName("a-1")), reports("readings.sensor-7.a-1"))
}

func TestAClientCannotWidenItsSubjects(t *testing.T) {
	for _, name := range []string{
		"", ">", "*", "a.b", "a.>", "a b", "a\nb", "a\tb", "\x00", "$SYS", "_INBOX", "-", "ä", "a\u2028b", "{{.User}}",
		strings.Repeat("a", maxTokenBytes+1),
	} {
		portcullistest.Expect(t, decide(t, shipped(t), sensor().ClientName(name)),
			portcullis.Deny("a value from the client does not fit into the template of its role"))
	}
}

func TestAUserNameIsOneToken(t *testing.T) {
	for _, name := range []string{">", "*", "a.b", "a b", "", "$SYS"} {
		users := `{"` + name + `": {"pass": "p", "role": "r"}}`
		settings := portcullistest.Settings().Data("users.json", users).Data("r.tmpl", "account APP\npublish {{.User}}.>")
		_, err := configure(settings.Build())
		if err == nil || !strings.Contains(err.Error(), ": the user name is not a token: ") {
			t.Errorf("%q: %v", name, err)
		}
		request := portcullistest.Request().User(name).Build()
		if filled, err := (facts{request}).User(); err == nil {
			t.Errorf("%q is filled in", filled)
		}
	}
}

func TestAWrongPasswordAndAnUnknownUserAreAnsweredAlike(t *testing.T) {
	for _, login := range [][2]string{{"alice", "bob"}, {"alice", ""}, {"pam", nobodysPassword}, {"", ""}} {
		request := portcullistest.Request().User(login[0]).Password(login[1])
		portcullistest.Expect(t, decide(t, shipped(t), request), portcullis.Deny("unknown user or wrong password"))
	}
	portcullistest.Expect(t, decide(t, shipped(t), portcullistest.Request()), portcullis.Pass())
}

func TestAFaultNamesTheFileAndTheLine(t *testing.T) {
	for text, fault := range map[string]string{
		"":                                   "r.tmpl: the first statement must be: account NAME",
		"publish a":                          "r.tmpl: the first statement must be: account NAME",
		"account {{.User}}":                  `r.tmpl:1: "account" is not a statement; use account NAME (first, with nothing to insert), can, `,
		"account":                            "the account has no name",
		"account A\naccount B":               "r.tmpl:2: there can be only one account",
		"account A\n\n# x\npulbish a":        `r.tmpl:4: "pulbish" is not a statement; `,
		"account A\npublish {{.User}":        "r.tmpl:2: bad character U+007D '}'",
		"account A\npublish {{shout .User}}": `r.tmpl:2: function "shout" not defined`,
		"account A\n\npublish {{.Usr}}":      `r.tmpl:3:10: executing "r.tmpl" at <.Usr>: can't evaluate field Usr`,
		"account A\npublish {{.Client.Name}}": `r.tmpl:2:17: executing "r.tmpl" at <.Client.Name>: error calling Name: ` +
			"client name is missing",
		"account A\npublish a b":        `r.tmpl:2: publish: "a b" has white space or control characters`,
		"account A\npublish {{.User}}*": `r.tmpl:2: publish: "user*" has a wildcard inside a token; `,
		"account A\ncan kv raed x":      `r.tmpl:2: "kv raed x" is not an ability; `,
		"account A\nexpires-in 1 day":   `r.tmpl:2: "1 day" is not a duration such as 8h or 90m`,
		"account A\nexpires-in 1ms":     "r.tmpl:2: a lifetime of less than one second admits no client",
	} {
		settings := portcullistest.Settings().Data("users.json", `{"u": {"pass": "p", "role": "r"}}`).Data("r.tmpl", text)
		_, err := configure(settings.Build())
		if err == nil || !strings.HasPrefix(err.Error(), fault) {
			t.Errorf("%q: got %v, want %s", text, err, fault)
		}
	}
}

func TestAMissingTemplateIsAskedForWithItsUser(t *testing.T) {
	settings := portcullistest.Settings().Data("users.json", `{"u": {"pass": "p", "role": "r"}}`)
	_, err := configure(settings.Build())
	if err == nil || !strings.HasPrefix(err.Error(), `users.json: user "u": r.tmpl: the policy needs this data file: `) {
		t.Error(err)
	}
	settings = portcullistest.Settings().Data("users.json", `{"u": {"pass": "", "role": "r"}}`)
	_, err = configure(settings.Build())
	if err == nil || err.Error() != `users.json: user "u": pass and role are required and must not be empty` {
		t.Error(err)
	}
}
