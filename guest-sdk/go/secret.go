package portcullis

import "math/bits"

// SameSecret reports whether a secret that a client presented is the expected one, in a time that depends on the length
// of the presented one alone. A client that measures it learns nothing of the expected secret.
//
// An empty secret is never the same as anything: a forgotten password must not become an open door.
//
// Where there may be none to compare with, such as the password of an unknown user, compare with some other text all the
// same: the time would tell which users there are.
func SameSecret(presented, expected string) bool {
	difference := len(presented) ^ len(expected)
	if expected == "" {
		expected, difference = "\x00", 1
	}
	// A client that presents more than is expected is compared with the expected bytes over and over: the lengths differ,
	// and the work is the same.
	for i, j := 0, 0; i < len(presented); i++ {
		difference |= int(presented[i] ^ expected[j])
		// One further, or back at the start, without a branch: the shift gives all ones before the end, and zero there.
		j++
		j &= (j - len(expected)) >> (bits.UintSize - 1)
	}
	return difference == 0
}
