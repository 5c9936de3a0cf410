import unittest

from portcullis import same_secret


class SameSecretTest(unittest.TestCase):
    def test_the_same_is_the_same(self) -> None:
        self.assertTrue(same_secret("correct horse", "correct horse"))
        self.assertTrue(same_secret("\u00fc\ud800", "\u00fc\ud800"))

    def test_a_change_of_any_letter_is_another_secret(self) -> None:
        for changed in ["xbc", "axc", "abx", "ab", "abcd", "abcabc"]:
            self.assertFalse(same_secret(changed, "abc"), changed)

    def test_nothing_is_the_same_as_an_empty_secret(self) -> None:
        for presented in ["abc", "", None]:
            self.assertFalse(same_secret(presented, ""))

    def test_a_value_that_was_not_presented_is_never_the_secret(self) -> None:
        self.assertFalse(same_secret(None, "abc"))
