use portcullis_tests::driver::Library;

use super::AbilityCase;
use crate::abilities::operations::op;
use crate::abilities::world::Stage;

const LOOKS_UP: &str = "it asks for the name of the stream by subject, among all of the account";

pub fn cases() -> Vec<AbilityCase> {
    vec![
        AbilityCase::new(
            "object_reader",
            &["object read O", "object read LO"],
            Stage::Objects,
        )
        .works([
            op!("object.info", "bucket": "O", "name": "big"),
            op!("object.get", "bucket": "O", "name": "big").but(Library::Python, LOOKS_UP),
            op!("object.get", "bucket": "O", "name": "small").but(Library::Python, LOOKS_UP),
            op!("object.list", "bucket": "O").but(Library::Python, LOOKS_UP),
            op!("object.watch", "bucket": "O").but(Library::Python, LOOKS_UP),
            op!("object.get", "bucket": "LO", "name": "huge").but(Library::Python, LOOKS_UP),
            op!("object.status", "bucket": "O"),
            op!("object.get_legacy", "bucket": "O", "name": "big"),
        ]),
        AbilityCase::new("object_writer", &["object write O"], Stage::Objects).works([
            op!("object.put", "bucket": "O", "name": "new", "size": 300_000),
            op!("object.put", "bucket": "O", "name": "big", "size": 10),
            op!("object.put_legacy", "bucket": "O", "name": "new", "size": 10),
            op!("object.update_meta", "bucket": "O", "name": "small", "description": "short"),
            op!("object.link", "bucket": "O", "name": "alias", "target": "big"),
            op!("object.delete", "bucket": "O", "name": "big"),
        ]),
        AbilityCase::new(
            "object_manager",
            &["object manage O", "object manage ONEW"],
            Stage::Objects,
        )
        .works([
            op!("object.create_bucket", "bucket": "ONEW"),
            op!("object.status", "bucket": "O"),
            op!("object.seal", "bucket": "O"),
            op!("object.delete_bucket", "bucket": "O"),
        ]),
    ]
}
