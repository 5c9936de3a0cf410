package portcullistest

import (
	"reflect"
	"testing"

	"portcullis"
)

// Expect fails the test unless the decision is the wanted one, down to the order of its subjects.
func Expect(t testing.TB, got, want portcullis.Decision) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %v\nwant %v", got, want)
	}
}

// Check tells whether the host would understand the decision: abilities that it knows, with names that can exist;
// subjects that are some; an account and a lifetime. What the operator's bounds say to it, no policy can know.
func Check(decision portcullis.Decision) error {
	if grant := decision.Grant(); grant != nil {
		return grant.Check()
	}
	return nil
}
