package portcullis

import "math/bits"

// SameSecret reports whether a secret that a client presented is the expected one. The time depends only on the length
// of the presented secret, so that a client that measures it learns nothing about the expected secret.
//
// An empty secret never matches: a forgotten password must not admit anyone.
//
// If there is no secret to compare with, such as the password of an unknown user, compare with some other text anyway:
// otherwise the time would tell which users exist.
func SameSecret(presented, expected string) bool {
	difference := len(presented) ^ len(expected)
	if expected == "" {
		expected, difference = "\x00", 1
	}
	// A longer presented secret is compared with the expected bytes repeatedly: the lengths differ, and the work is the
	// same.
	for i, j := 0, 0; i < len(presented); i++ {
		difference |= int(presented[i] ^ expected[j])
		// Moves on, or back to the start, without a branch: the shift gives all ones before the end, and zero there.
		j++
		j &= (j - len(expected)) >> (bits.UintSize - 1)
	}
	return difference == 0
}
