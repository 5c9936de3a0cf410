//! The data files, arranged as in Open Policy Agent: the path of a module is its `package`; a JSON
//! document is under `data`, by the names of its folders.

use portcullis_sdk::{Error, Result, Settings, log};
use serde_json::map::Entry;
use serde_json::{Map, Value};

/// The modules and the data of the policy.
pub(crate) struct Documents {
    /// The texts of the modules, with the names of their files.
    pub(crate) modules: Vec<(String, String)>,
    /// All JSON files, merged: the document `data`.
    pub(crate) data: Map<String, Value>,
}

/// # Errors
///
/// Names the file, the entry and what to do.
pub(crate) fn read(settings: &Settings) -> Result<Documents> {
    let mut modules = Vec::new();
    let mut data = Map::new();
    for name in settings.data_names() {
        match kind(name) {
            Kind::Module => modules.push((name.to_owned(), settings.data_text(name)?.to_owned())),
            Kind::Json => add(&mut data, name, settings.data_json(name)?)?,
            Kind::Yaml => {
                let fault = format_args!("{name}: YAML is not supported: write it as JSON");
                return Err(Error::new(fault));
            }
            Kind::Other => log::debug!("{name}: ignored, neither a module nor JSON"),
        }
    }
    if modules.is_empty() {
        let fault = "no *.rego among the data files: pass their folder with --data FOLDER";
        return Err(Error::new(fault));
    }
    Ok(Documents { modules, data })
}

enum Kind {
    Module,
    Json,
    Yaml,
    /// Tests of the rules, a README.
    Other,
}

fn kind(name: &str) -> Kind {
    match name.rsplit_once('.') {
        Some((stem, "rego")) if !stem.ends_with("_test") => Kind::Module,
        Some((_, "json")) => Kind::Json,
        Some((_, "yaml" | "yml")) => Kind::Yaml,
        _ => Kind::Other,
    }
}

/// The names of the folders are the path to the document; the name of the file does not matter.
fn add(data: &mut Map<String, Value>, name: &str, document: Value) -> Result<()> {
    let folders = name.rsplit('/').skip(1);
    let rooted = folders.fold(document, |below, folder| {
        Value::Object(Map::from_iter([(folder.to_owned(), below)]))
    });
    let Value::Object(rooted) = rooted else {
        return Err(Error::new(format_args!(
            "{name}: expected an object, whose keys are names below data: write one, or put the \
             file into a folder of that name"
        )));
    };
    merge(data, rooted).map_err(|path| {
        Error::new(format_args!(
            "{name}: data.{path} also has a value from another file: remove one of them"
        ))
    })
}

/// Objects are merged; any other value must come from one file. The error is the path with two values.
fn merge(into: &mut Map<String, Value>, from: Map<String, Value>) -> Result<(), String> {
    for (key, value) in from {
        match into.entry(key) {
            Entry::Vacant(place) => {
                place.insert(value);
            }
            Entry::Occupied(mut place) => {
                let key = place.key().clone();
                match (place.get_mut(), value) {
                    (Value::Object(into), Value::Object(from)) => {
                        merge(into, from).map_err(|path| format!("{key}.{path}"))?;
                    }
                    _ => return Err(key),
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use portcullis_sdk::testing;
    use serde_json::json;

    use super::*;

    fn data(files: &[(&str, &str)]) -> Result<Value> {
        let settings = testing::settings().data("a.rego", "package a");
        let settings = files
            .iter()
            .fold(settings, |settings, (name, text)| settings.data(name, text));
        read(&settings.build()).map(|documents| Value::Object(documents.data))
    }

    fn fault(files: &[(&str, &str)]) -> String {
        data(files).unwrap_err().to_string()
    }

    #[test]
    fn folders_name_the_path_and_files_do_not() {
        let files = [
            ("data.json", r#"{"a": 1, "tenants": {"x": 2}}"#),
            ("tenants/any-name.json", r#"{"y": 3}"#),
            ("tenants/z/data.json", "[4]"),
        ];
        let expected = json!({ "a": 1, "tenants": { "x": 2, "y": 3, "z": [4] } });
        assert_eq!(data(&files).unwrap(), expected);
    }

    #[test]
    fn two_files_with_one_value_are_refused() {
        assert_eq!(
            fault(&[
                ("a.json", r#"{"t": {"x": 1}}"#),
                ("t/b.json", r#"{"x": 1}"#)
            ]),
            "t/b.json: data.t.x also has a value from another file: remove one of them"
        );
    }

    #[test]
    fn a_file_that_cannot_be_data_is_refused() {
        assert!(fault(&[("a.json", "[1]")]).starts_with("a.json: expected an object"));
        assert!(fault(&[("a.json", "{\n]")]).starts_with("a.json, line 2: "));
        let yaml = "roles.yaml: YAML is not supported: write it as JSON";
        assert_eq!(fault(&[("roles.yaml", "a: 1")]), yaml);
    }

    #[test]
    fn tests_of_the_rules_and_read_mes_are_left_out() {
        let settings = testing::settings()
            .data("a.rego", "package a")
            .data("a_test.rego", "no Rego")
            .data("README.md", "no Rego");
        assert_eq!(read(&settings.build()).unwrap().modules.len(), 1);
        let nothing = testing::settings().data("a_test.rego", "package a");
        let fault = read(&nothing.build()).err().unwrap().to_string();
        assert!(fault.starts_with("no *.rego"), "{fault}");
    }
}
