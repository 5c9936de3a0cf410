package portcullistest

import (
	"reflect"
	"testing"

	"portcullis"
)

// Expect fails the test unless the decision is the wanted one, including the order of its subjects.
func Expect(t testing.TB, got, want portcullis.Decision) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %v\nwant %v", got, want)
	}
}

// Check checks that the host would understand the decision: known abilities with valid names, valid subjects, an
// account, and a lifetime. It does not check the operator's bounds, which a policy does not know.
func Check(decision portcullis.Decision) error {
	if grant := decision.Grant(); grant != nil {
		return grant.Check()
	}
	return nil
}
