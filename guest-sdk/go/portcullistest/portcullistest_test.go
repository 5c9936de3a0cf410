package portcullistest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"portcullis"
	. "portcullis/portcullistest"
)

func TestARequestSaysWhatItWasBuiltOf(t *testing.T) {
	certificate := Certificate()
	certificate.URIs = []string{"spiffe://a/b"}
	request := Request().User("u").Password("p").Token("t").JWT("j").Nkey("n").Certificate(certificate).
		Sentinel(portcullis.Sentinel{User: "s"}).ClientName("c").Host("10.0.0.1").Transport(portcullis.MQTT).
		ReceivedAt(60).Attribute("region", "eu").Build()
	for want, read := range map[string]func() (string, bool){
		"u": request.User, "p": request.Password, "t": request.Token, "j": request.JWT, "n": request.Nkey,
		"c": request.Client.Name.Get, "eu": func() (string, bool) { return request.Attribute("region") },
	} {
		if got, present := read(); got != want || !present {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := request.Certificate().URIs[0]; got != "spiffe://a/b" {
		t.Error(got)
	}
	if got := request.ReceivedAt.Time().Format(time.RFC3339); got != "1970-01-01T00:01:00Z" {
		t.Error(got)
	}
	if got := request.Client.Transport.Or(portcullis.NATS); got != portcullis.MQTT {
		t.Error(got)
	}
	if request.Client.Host != "10.0.0.1" || request.Sentinel.User != "s" {
		t.Error(request.Client.Host, request.Sentinel.User)
	}
}

func TestWhatAClientDoesNotPresentIsAbsent(t *testing.T) {
	request := Request().Build()
	if user, present := request.User(); present || user != "" {
		t.Error(user)
	}
	if _, present := request.Attribute("region"); present || request.Certificate() != nil {
		t.Error("nothing was presented")
	}
}

func TestACertificateThatTheServerDidNotVerifyIsNone(t *testing.T) {
	request := Request().Certificate(Certificate()).Build()
	request.TLS.Verified = nil
	if request.Certificate() != nil {
		t.Error("it was only presented")
	}
}

func TestAPrintedRequestHasNoSecrets(t *testing.T) {
	request := Request().User("alice").Password("pa55").Token("t0k3n").JWT("j.w.t").Build()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, printed := range []string{
			fmt.Sprintf(verb, request), fmt.Sprintf(verb, *request), fmt.Sprintf(verb, request.Credentials),
		} {
			if strings.Contains(printed, "pa55") || strings.Contains(printed, "t0k3n") || strings.Contains(printed, "j.w.t") {
				t.Errorf("%s: %s", verb, printed)
			}
		}
	}
}

type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }

func TestExpectFailsForAnotherDecision(t *testing.T) {
	grant := func() *portcullis.Grant { return portcullis.Account("APP").Publish("a", "b") }
	for _, test := range []struct {
		got, want portcullis.Decision
		failed    bool
	}{
		{portcullis.Allow(grant()), portcullis.Allow(grant()), false},
		{portcullis.Allow(grant()), portcullis.Allow(grant().Publish("c")), true},
		{portcullis.Allow(grant()), portcullis.Allow(portcullis.Account("APP").Publish("a b")), true},
		{portcullis.Deny("x"), portcullis.Ignore("x"), true},
		{portcullis.Decision{}, portcullis.Deny(""), false},
	} {
		t.Run(test.want.String(), func(t *testing.T) {
			record := recorder{TB: t}
			if Expect(&record, test.got, test.want); record.failed != test.failed {
				t.Errorf("failed: %v", record.failed)
			}
		})
	}
}

func TestCheckFindsWhatTheHostWouldRefuse(t *testing.T) {
	account := func() *portcullis.Grant { return portcullis.Account("APP") }
	for _, test := range []struct {
		decision portcullis.Decision
		fault    string
	}{
		{portcullis.Pass(), ""},
		{portcullis.Allow(account().Can("kv read b").Publish("a.>").Subscribe("b q").Inbox("_INBOX_a")), ""},
		{portcullis.Allow(portcullis.Account("")), "the account has no name"},
		{portcullis.Allow(account().ExpiresIn(time.Millisecond)), "a lifetime of less than one second admits no client"},
		{portcullis.Allow(account().Can("kv raed b")), `"kv raed b" is not an ability`},
		{portcullis.Allow(account().Publish("a b")), `publish: "a b" has white space`},
		{portcullis.Allow(account().DenySubscribe("a..b")), `subscribe: "a..b" has an empty token`},
		{portcullis.Allow(account().Inbox("_INBOX.>")), `inbox: "_INBOX.>" has a wildcard`},
		{portcullis.Allow(account().Inbox("$SYS")), `inbox: "$SYS" begins with $`},
		{portcullis.Allow(account().JetStreamAPI("")), `JetStream API: "" is empty`},
	} {
		err := Check(test.decision)
		if err == nil {
			err = errors.New("")
		}
		if !strings.HasPrefix(err.Error(), test.fault) || test.fault == "" && err.Error() != "" {
			t.Errorf("%v: got %q, want %q", test.decision, err, test.fault)
		}
	}
}
