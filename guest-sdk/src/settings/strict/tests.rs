use std::collections::BTreeMap;

use serde::Deserialize;

use crate::testing;

#[derive(Debug, Deserialize, PartialEq)]
struct Site {
    name: String,
    #[serde(default)]
    place: Option<Place>,
    #[serde(default)]
    shape: Option<Shape>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(expecting = "an object with street")]
struct Place {
    street: String,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Shape {
    Round,
    Rectangle { width: u32 },
    Segment(u32, u32),
    Plot(Place),
}

#[derive(Debug, Deserialize, PartialEq)]
struct Point(u32, u32);

fn read<T: serde::de::DeserializeOwned>(contents: &str) -> Result<T, String> {
    let settings = testing::settings().data("sites.json", contents).build();
    settings
        .data_json("sites.json")
        .map_err(|error| error.to_string())
}

#[test]
fn a_list_is_not_read_as_a_struct() {
    for (contents, fault) in [
        (r#"["x"]"#, "expected an object, found a list"),
        (
            "{\"a\":\n[\n\"x\"]}",
            "line 2: a: expected an object, found a list",
        ),
        (r#"{"a": []}"#, "a: expected an object, found a list"),
        (
            r#"{"a": {"name": "x", "place": ["y"]}}"#,
            "a.place: expected an object with street, found a list",
        ),
        (
            r#"{"a": {"name": "x", "shape": {"rectangle": [1]}}}"#,
            "a.shape.rectangle: expected an object, found a list",
        ),
        (
            r#"{"a": {"name": "x", "shape": {"plot": ["y"]}}}"#,
            "a.shape.plot: expected an object with street, found a list",
        ),
    ] {
        let found = match contents.starts_with('[') {
            true => read::<Site>(contents).map(drop),
            false => read::<BTreeMap<String, Site>>(contents).map(drop),
        };
        let found = found.unwrap_err();
        assert!(found.ends_with(fault), "{contents}: {found}");
    }
}

#[test]
fn every_struct_of_a_list_is_checked() {
    let found = read::<Vec<Place>>(r#"[{"street": "x"}, ["y"]]"#).unwrap_err();
    assert_eq!(
        found,
        "sites.json, line 1: [1]: expected an object with street, found a list"
    );
}

#[test]
fn tuples_are_lists_and_everything_else_is_read_as_before() {
    assert_eq!(read("[[1, 2]]"), Ok(vec![Point(1, 2)]));
    assert_eq!(read("[1, -2]"), Ok((1_u8, -2_i64)));
    assert_eq!(
        read(r#"{"a": [null, true, 1.5, "x", {"y": []}]}"#),
        Ok(serde_json::json!({"a": [null, true, 1.5, "x", {"y": []}]}))
    );
    let site = |shape: &str| {
        let found = read(&format!(r#"{{"name": "x", "shape": {shape}}}"#));
        found.map(|site: Site| site.shape.unwrap())
    };
    assert_eq!(site(r#""round""#), Ok(Shape::Round));
    assert_eq!(
        site(r#"{"rectangle": {"width": 1}}"#),
        Ok(Shape::Rectangle { width: 1 })
    );
    assert_eq!(site(r#"{"segment": [1, 2]}"#), Ok(Shape::Segment(1, 2)));
    let street = "y".to_owned();
    assert_eq!(
        site(r#"{"plot": {"street": "y"}}"#),
        Ok(Shape::Plot(Place { street }))
    );
}
