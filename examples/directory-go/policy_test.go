package main

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"portcullis"
	"portcullis/portcullistest"
)

const directoryUsers = `{
	"sys": { "pass": "sys", "account": "SYS" },
	"alice": { "pass": "alice", "account": "APP" },
	"bob": { "pass": "bob", "account": "APP", "permissions": {
		"pub": { "allow": ["bob.>"], "deny": ["bob.secret"] }, "sub": { "allow": ["bob.>"] },
		"resp": { "max": 1 }
	} },
	"eve": { "pass": "eve", "account": "APP", "permissions": { "pub": { "deny": ["a"] } } },
	"ann": { "pass": "ann", "account": "APP", "permissions": {
		"resp": { "max": -1, "ttl": 5000000000 }
	} },
	"ian": { "pass": "ian", "account": "APP", "permissions": { "resp": { "max": 4294967296, "ttl": -1 } } },
	"joe": { "pass": "joe", "account": "APP",
		"can": ["kv read test_kv dev.001.>", "request orders.*"],
		"inbox": "_INBOX_joe", "jetstream_api": "$JS.hub.API"
	},
	"kim": { "pass": "kim", "account": "APP", "can": ["publish news"],
		"permissions": { "sub": { "allow": ["kim.>"] } }
	},
	"lee": { "pass": "lee", "account": "APP", "can": [] }
}`

func configured(t *testing.T, users string) portcullis.Policy {
	t.Helper()
	policy, err := configure(portcullistest.Settings().Data("users.json", users).Build())
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

func TestUsersGetWhatIsWrittenForThem(t *testing.T) {
	account := func() *portcullis.Grant { return portcullis.Account("APP") }
	policy := configured(t, directoryUsers)
	for user, grant := range map[string]*portcullis.Grant{
		"sys":   portcullis.AccountDefaults("SYS"),
		"alice": portcullis.AccountDefaults("APP"),
		"bob":   account().Publish("bob.>").DenyPublish("bob.secret").Subscribe("bob.>").AllowResponses(1, 0),
		"eve":   account().DenyPublish("a"),
		"ann":   account().AllowResponses(math.MaxUint32, 5*time.Second),
		"ian":   account().AllowResponses(math.MaxUint32, -1),
		"joe": account().Inbox("_INBOX_joe").JetStreamAPI("$JS.hub.API").
			Can("kv read test_kv dev.001.>", "request orders.*"),
		"kim": account().Can("publish news").Subscribe("kim.>"),
		"lee": account().Can(),
	} {
		// Twice: a decision must not change the next one.
		for range 2 {
			decision := policy.Decide(portcullistest.Request().User(user).Password(user).Build())
			if err := portcullistest.Check(decision); err != nil {
				t.Error(err)
			}
			portcullistest.Expect(t, decision, portcullis.Allow(grant.Name(user)))
		}
	}
}

func TestAWrongPasswordAndAnUnknownUserAreAnsweredAlike(t *testing.T) {
	policy := configured(t, directoryUsers)
	for _, login := range [][2]string{{"alice", "bob"}, {"alice", ""}, {"pam", "pam"}, {"pam", nobodysPassword}, {"", ""}} {
		request := portcullistest.Request().User(login[0]).Password(login[1]).Build()
		portcullistest.Expect(t, policy.Decide(request), portcullis.Deny("unknown user or wrong password"))
	}
	without := portcullistest.Request().User("alice").Build()
	portcullistest.Expect(t, policy.Decide(without), portcullis.Deny("unknown user or wrong password"))
}

func TestAClientWithoutAUserNameIsLeftToTheNextPolicy(t *testing.T) {
	request := portcullistest.Request().Token("alice").Build()
	portcullistest.Expect(t, configured(t, directoryUsers).Decide(request), portcullis.Pass())
}

func TestTheEntryAtFaultIsNamed(t *testing.T) {
	for more, fault := range map[string]string{
		`"permissions": {"pub": {"allow": "bob.>"}}`:    ", line 2: bob.permissions.pub.allow: expected a list, found a string",
		`"permissions": {"sub": {"deny": ["a", 1]}}`:    ", line 2: bob.permissions.sub.deny[1]: expected a string, found a number",
		`"permissions": {"resp": {"max": "1"}}`:         ", line 2: bob.permissions.resp.max: expected a number, found a string",
		`"permissions": {"resp": {"max": 1.5}}`:         ", line 2: bob.permissions.resp.max: this is not a valid int64",
		`"permissions": "all"`:                          ", line 2: bob.permissions: expected an object with pub, sub, resp, found a string",
		`"permissions": null`:                           ", line 2: bob.permissions: expected an object with pub, sub, resp, found null",
		`"permissions": {"publish": {}}`:                ", line 2: bob.permissions.publish: is unknown; use one of pub, sub, resp",
		`"can": "publish a"`:                            ", line 2: bob.can: expected a list, found a string",
		`"can": null`:                                   ", line 2: bob.can: expected a list, found null",
		`"can": ["publish a", "stream view a.b"]`:       `: user "bob": can[1]: "stream view a.b" is not an ability; "a.b" has one of . * > / \, which a name cannot have`,
		`"can": [], "inbox": "_INBOX.>"`:                `: user "bob": inbox: must be tokens with dots between them, without wildcards and blanks`,
		`"can": [], "inbox": "$SYS"`:                    `: user "bob": inbox begins with $, which is reserved for the server; choose another, such as _INBOX_name`,
		`"can": [], "jetstream_api": ""`:                `: user "bob": jetstream_api: must be tokens with dots between them, without wildcards and blanks`,
		`"inbox": "_INBOX_bob"`:                         `: user "bob": inbox and jetstream_api belong to abilities: add can`,
		`"pass": ""`:                                    ", line 2: bob.pass: appears twice",
		"\"can\": []},\n\"\": {\"pass\": \"a\"":         `: user "": the name must not be empty`,
		"\"can\": []},\n\"bob\": {\"pass\": \"a\"":      ", line 3: bob: appears twice",
		"\"can\": []},\n\"eve\": {\"account\": \"APP\"": `: user "eve": pass is missing or empty`,
		"\"can\": []},\n\"eve\": {\"pass\": \"e\"":      `: user "eve": account is missing or empty`,
		"\"can\": []},\n\"eve\": {\"Pass\": \"e\"":      ", line 3: eve.Pass: is unknown; use one of pass, account, permissions, can, inbox, jetstream_api",
	} {
		users := "{\n\"bob\": {\"pass\": \"b\", \"account\": \"APP\", " + more + "}}"
		_, err := configure(portcullistest.Settings().Data("users.json", users).Build())
		if err == nil || err.Error() != "users.json"+fault {
			t.Errorf("got %v, want %s", err, fault)
		}
	}
}

func TestASubjectThatCannotBeIsNamedWithItsEntry(t *testing.T) {
	const own = "has white space or control characters; write each subject as an entry of its own"
	const one = `has white space or control characters; write "subject" or "subject queue"`
	for _, test := range [][3]string{
		{"pub.allow", "a..b", "has an empty token; dots only separate tokens"},
		{"pub.deny", "foo*", `has a wildcard inside a token; "*" and ">" are tokens of their own`},
		{"sub.allow", "a.>.b", `has ">" before its end; ">" is the last token or none`},
		{"sub.deny", "", "is empty; write a subject"},
		{"pub.allow", "a.> b.>", own},
		{"pub.deny", `a\tb`, own},
		{"sub.allow", "a b c", one},
		{"sub.deny", "a ", one},
	} {
		rules, key, _ := strings.Cut(test[0], ".")
		users := fmt.Sprintf(`{"bob": {"pass": "b", "account": "APP", "permissions": {"%s": {"%s": ["ok.*", "%s"]}}}}`,
			rules, key, test[1])
		_, err := configure(portcullistest.Settings().Data("users.json", users).Build())
		want := fmt.Sprintf(`users.json: user "bob": permissions.%s[1]: "%s" %s`, test[0], test[1], test[2])
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	configured(t, `{"bob": {"pass": "b", "account": "APP", "permissions": {
		"pub": {"allow": [">", "$JS.API.>", "{{name}}.*"]}, "sub": {"allow": ["jobs.> workers.*"]}}}}`)
}

func TestAListIsNotTakenForAnObject(t *testing.T) {
	for users, fault := range map[string]string{
		`{"users": ["alice", "APP"]}`:              "users: expected an object with pass, account, permissions, can, inbox, jetstream_api, found a list",
		`{"users": {"permissions": []}}`:           "users.permissions: expected an object with pub, sub, resp, found a list",
		`{"users": {"permissions": {"pub": []}}}`:  "users.permissions.pub: expected an object with allow, deny, found a list",
		`{"users": {"permissions": {"sub": []}}}`:  "users.permissions.sub: expected an object with allow, deny, found a list",
		`{"users": {"permissions": {"resp": []}}}`: "users.permissions.resp: expected an object with max, ttl, found a list",
	} {
		_, err := configure(portcullistest.Settings().Data("users.json", users).Build())
		if err == nil || err.Error() != "users.json, line 1: "+fault {
			t.Errorf("got %v, want %s", err, fault)
		}
	}
}

func TestAHashIsNotTakenForAPassword(t *testing.T) {
	for hash, prefix := range map[string]string{
		"$2a$11$uXwYdBoaFA": "$2a$", "$2b$11$uXwYdBoaFA": "$2b$", "$2y$11$uXwYdBoaFA": "$2y$",
		"$argon2id$v=19$m=1": "$argon2", "$scrypt$ln=16$uXwY": "$scrypt$", "$pbkdf2-sha256$uXwY": "$pbkdf2",
		"$1$uXwY$dBoaFA": "$1$", "$5$uXwY$dBoaFA": "$5$", "$6$uXwY$dBoaFA": "$6$",
		"{SSHA}uXwYdBoaFA": "{SSHA}", "{SHA}uXwYdBoaFA": "{SHA}", "{crypt}uXwYdBoaFA": "{CRYPT}",
	} {
		users := `{"bob": {"pass": "` + hash + `", "account": "APP"}}`
		_, err := configure(portcullistest.Settings().Data("users.json", users).Build())
		want := `users.json: user "bob": pass: this is a hash (` + prefix + "...), and the policy compares plain text: " +
			"whoever shows the hash would be admitted; write the password itself"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for _, pass := range []string{"$", "$2", "$2a", "a$2a$", "{SHA", "$ecret$", "{shark}", "$ü", "§2a§"} {
		configured(t, `{"bob": {"pass": "`+pass+`", "account": "APP"}}`)
	}
}

func TestAMissingFileIsAskedFor(t *testing.T) {
	_, err := configure(portcullistest.Settings().Build())
	if err == nil || !strings.HasPrefix(err.Error(), "users.json: the policy needs this data file: give it with --data") {
		t.Error(err)
	}
}

func TestTheUsersOfTheDemoHaveNoFault(t *testing.T) {
	users, err := os.ReadFile("../directory/users.json")
	if err != nil {
		t.Fatal(err)
	}
	configured(t, string(users))
}
