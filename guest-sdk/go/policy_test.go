package portcullis

import (
	"errors"
	"math"
	"reflect"
	"testing"
	"time"
)

var closed = PolicyFunc(func(*Request) Decision { return Deny("closed") })

func TestAConfiguredPolicyDecides(t *testing.T) {
	s := slot{configure: func(*Settings) (Policy, error) { return closed, nil }}
	if fault := s.prepare(NewSettings("{}")); fault != "" {
		t.Error(fault)
	}
	if got := s.decide(&Request{}); got != Deny("closed") {
		t.Error(got)
	}
	if fault := s.prepare(NewSettings("{}")); fault != "configure was called twice" {
		t.Error(fault)
	}
}

func TestAPolicyThatIsNotConfiguredDecidesNothing(t *testing.T) {
	for want, configure := range map[string]Configure{
		"no good": func(*Settings) (Policy, error) { return closed, errors.New("no good") },
		"the policy refused its settings without a reason":                                 func(*Settings) (Policy, error) { return nil, errors.New("") },
		"the function given to portcullis.Register returned neither a policy nor an error": func(*Settings) (Policy, error) { return nil, nil },
		"this module has no policy: call portcullis.Register in an init function":          nil,
	} {
		s := slot{configure: configure}
		if fault := s.prepare(NewSettings("{}")); fault != want {
			t.Errorf("got %q, want %q", fault, want)
		}
		if got := s.decide(&Request{}); got != Ignore("decide was called before configure") {
			t.Error(got)
		}
	}
}

func TestANamedPermissionReplacesTheDefaultsOfTheAccount(t *testing.T) {
	want := Account("APP").Publish("a")
	for _, grant := range []*Grant{AccountDefaults("APP"), Role("APP", "r")} {
		if got := grant.Publish("a"); !reflect.DeepEqual(got, want) {
			t.Error(got)
		}
	}
}

func TestALifetimeBeyondTheContractIsTheLongestThatItHas(t *testing.T) {
	for lifetime, want := range map[time.Duration]uint32{
		math.MaxInt64: math.MaxUint32, time.Second - 1: 0, -time.Hour: 0, time.Minute: 60,
	} {
		if got := Account("APP").ExpiresIn(lifetime).expiresIn.value; got != want {
			t.Errorf("%v: got %d, want %d", lifetime, got, want)
		}
	}
	for within, want := range map[time.Duration]uint64{-1: math.MaxUint64, 0: 0, 1: 1, time.Second: 1000} {
		if got := Account("APP").AllowResponses(1, within).permissions.responses.value.expiresInMs; got != want {
			t.Errorf("%v: got %d, want %d", within, got, want)
		}
	}
}

func TestOnlyTheSameSecretIsTheSame(t *testing.T) {
	if !SameSecret("correct horse", "correct horse") {
		t.Error("equal secrets")
	}
	for presented, expected := range map[string]string{
		"correct": "correct horse", "correct horses": "correct horse", "abab": "ab", "a": "aa", "xbc": "abc", "axc": "abc",
		"abx": "abc", "abc": "", "": "", "\x00": "",
	} {
		if SameSecret(presented, expected) {
			t.Errorf("%q is not %q", presented, expected)
		}
	}
}

func TestATimeThatGoCannotReckonStaysInTheFuture(t *testing.T) {
	if !Timestamp(math.MaxUint64).Time().After(time.Now()) {
		t.Error("it is past")
	}
}
