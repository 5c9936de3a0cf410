//! One suite for all languages: a request goes in, a decision or a failure comes out, and the policies of
//! `tests/conformance` have to give the same answers, from a snapshot, fresh, and from warm instances. A language is
//! supported if it passes the whole suite.
//!
//! `foreach_language!` makes sure that each folder there has an entry in `languages`, and `suite!` gives each language every
//! case. A language whose toolchain is not installed is skipped with the reason, unless `PORTCULLIS_LANGUAGES=all` requires
//! it.

mod asking;
mod configuring;
mod echo;
mod endurance;
mod failing;
mod isolation;
mod languages;
mod mirror;
mod output;
mod requests;
mod served;
mod settings;

macro_rules! suite {
    ($language:ident) => {
        mod $language {
            use super::*;

            fn language() -> Option<asking::Language> {
                asking::Language::find(stringify!($language), &languages::$language)
            }

            cases! {
                every_field_of_the_request_arrives => requests::arrive;
                every_decision_comes_back => mirror::come_back;
                settings_and_data_arrive => settings::arrive;
                a_refusal_of_the_settings_is_read_by_the_operator => configuring::refuses;
                what_fails_while_it_is_configured_is_not_loaded => configuring::fails;
                what_was_printed_while_configuring_is_logged => configuring::prints;
                what_fails_in_a_decision_costs_that_decision_alone => failing::fails;
                an_unknown_command_is_denied => failing::denies;
                lines_of_every_level_are_logged => output::logs;
                what_is_printed_in_a_decision_is_logged => output::prints;
                a_flood_of_lines_is_bounded => output::floods;
                nothing_is_left_for_the_next_decision => isolation::forgets;
                a_warm_instance_is_used_so_often_and_no_more => isolation::reuses;
                an_instance_that_failed_is_not_used_again => isolation::discards;
                secrets_are_never_drawn_twice => isolation::draws_secrets;
                ordinary_random_numbers_are_as_documented => isolation::draws_numbers;
                the_clock_stands_at_the_moment_of_the_request => isolation::tells_the_time;
                a_thousand_decisions_in_a_row_are_right => endurance::lasts;
                a_warm_instance_keeps_within_its_memory => endurance::collects_garbage;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn a_service_does_not_grow_by_deciding() {
                if let Some(language) = language() {
                    served::does_not_grow(&language).await;
                }
            }
        }
    };
}

macro_rules! cases {
    ($($name:ident => $case:path;)*) => {
        $(
            #[test]
            fn $name() {
                if let Some(language) = language() {
                    $case(&language);
                }
            }
        )*
    };
}

foreach_language!(suite);
// The folder `rust`, built for another target: the only language here whose standard library uses WASI handles.
suite!(rust_wasip2);
