//! The permissions as a table: what is in them, and where it comes from.

use std::time::Duration;

use comfy_table::{ContentArrangement, Table, TableStyle};

use super::super::findings::{AdmittedClient, PermissionEntry, list_name};
use super::printable::printable;
use portcullis_model::ResponseRule;
use portcullis_permits::List;

/// Lines without an end of line. Cells wrap only where `width` says how much room there is.
pub(super) fn lines(admitted: &AdmittedClient, width: Option<u16>) -> Vec<String> {
    if admitted.rules.is_none() {
        return vec![
            "  the permissions are those of the account; if it has none, everything in it is allowed"
                .to_owned(),
        ];
    }
    let mut table = Table::new();
    table
        .load_style(TableStyle::new())
        .set_header(["list", "subject", "from"])
        .add_rows(admitted.entries.iter().map(|entry| row(entry, admitted)));
    if let Some(width) = width {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
    }
    for (column, left) in table.column_iter_mut().zip([2, 0, 0]) {
        column.set_padding((left, 2));
    }
    table.trim_fmt().lines().map(str::to_owned).collect()
}

fn row(entry: &PermissionEntry, admitted: &AdmittedClient) -> [String; 3] {
    let from = match entry.host_reason {
        Some(reason) => format!("the host: {reason}"),
        None => entry.from.join(" | "),
    };
    let what = match admitted.rules.as_ref().and_then(|rules| rules.responses) {
        Some(responses) if entry.list == List::Responses => limits(responses),
        _ => printable(&entry.subject),
    };
    [list_name(entry.list).to_owned(), what, printable(&from)]
}

/// Zero is the server's own default, the largest value no limit (nats-server `DEFAULT_ALLOW_RESPONSE_MAX_MSGS`,
/// `DEFAULT_ALLOW_RESPONSE_EXPIRATION`).
fn limits(rule: ResponseRule) -> String {
    let messages = match rule.max_messages {
        0 | 1 => "1 reply".to_owned(),
        u32::MAX => "any number of replies".to_owned(),
        messages => format!("{messages} replies"),
    };
    let time = match rule.expires_in_ms {
        0 => "2m".to_owned(),
        u64::MAX => return format!("{messages} to a message, at any time"),
        milliseconds => humantime::format_duration(Duration::from_millis(milliseconds)).to_string(),
    };
    format!("{messages} to a message, within {time}")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, 0, "1 reply to a message, within 2m")]
    #[case(3, 1_500, "3 replies to a message, within 1s 500ms")]
    #[case(u32::MAX, u64::MAX, "any number of replies to a message, at any time")]
    fn limits_of_responses_are_as_the_server_reads_them(
        #[case] max_messages: u32,
        #[case] expires_in_ms: u64,
        #[case] expected: &str,
    ) {
        let rule = ResponseRule {
            max_messages,
            expires_in_ms,
        };
        assert_eq!(limits(rule), expected);
    }
}
