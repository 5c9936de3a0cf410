import unittest

from portcullis import ConfigurationError, Settings, testing


class SettingsTest(unittest.TestCase):
    def fault(self, contents: object) -> str:
        settings = testing.settings(data={"lists.json": contents})
        with self.assertRaises(ConfigurationError) as raised:
            for _, entry in settings.data_entry("lists.json").items():
                entry.texts()
        return str(raised.exception)

    def test_an_error_names_the_file_and_the_entry(self) -> None:
        fault = self.fault({"a": [], "b": ["x", 7]})
        self.assertEqual(fault, "lists.json: b[1]: expected a string, found a number")
        fault = self.fault({"b c": {}})
        self.assertEqual(fault, 'lists.json: "b c": expected a list, found an object')

    def test_an_error_shows_no_values(self) -> None:
        fault = self.fault({"a": "hunter2"})
        self.assertEqual(fault, "lists.json: a: expected a list, found a string")

    def test_a_text_that_is_not_json_is_refused_with_its_line(self) -> None:
        self.assertTrue(self.fault("{\n]").startswith("lists.json, line 2: "))
        self.assertEqual(self.fault("{}\n{}"), "lists.json, line 2: Extra data")
        self.assertEqual(self.fault('{"a": NaN}'), "lists.json: NaN is not valid JSON")
        self.assertEqual(self.fault("[" * 100_000), "lists.json: nested too deeply")

    def test_a_key_that_is_there_twice_is_refused(self) -> None:
        self.assertEqual(
            self.fault('{"a": [], "a": []}'), 'lists.json: "a" appears twice in one object'
        )

    def test_a_missing_file_is_asked_for_by_its_name(self) -> None:
        settings = testing.settings(data={"user.json": {}})
        with self.assertRaises(ConfigurationError) as raised:
            settings.data("users.json")
        self.assertEqual(
            str(raised.exception),
            "users.json: the policy needs this data file: give it with --data users.json, or "
            "--data users.json=FILE if it has another name (given: user.json)",
        )

    def test_text_that_is_not_utf8_is_refused_with_its_place(self) -> None:
        settings = testing.settings(data={"names.txt": b"ab\xff"})
        with self.assertRaisesRegex(ConfigurationError, "names.txt: not UTF-8 after byte 2"):
            settings.data_text("names.txt")

    def test_a_setting_at_fault_is_named(self) -> None:
        opens = testing.settings({"opens": True}).entry()["opens"]
        with self.assertRaisesRegex(
            ConfigurationError, "settings: opens: expected a whole number, found a boolean"
        ):
            opens.integer(0, 23)
        with self.assertRaisesRegex(ConfigurationError, "settings: closes is missing"):
            testing.settings().entry()["closes"]

    def test_settings_are_decoded(self) -> None:
        self.assertEqual(Settings('{"a": [1]}', []).json(), {"a": [1]})
        self.assertEqual(testing.settings().json(), {})
