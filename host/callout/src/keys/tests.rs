use rstest::rstest;

use super::*;

/// The type of admission does not matter here.
type Keyring = super::Keyring<()>;

fn issuer_seed() -> Secret {
    generate(NewKey::Issuer, [1; 32]).unwrap().0
}

fn refused(issuer: &str) -> String {
    Keyring::parse(&[Secret::from(issuer)], &[])
        .unwrap_err()
        .to_string()
}

#[test]
fn generated_keys_are_read_back() {
    let (seed, public) = generate(NewKey::Issuer, [1; 32]).unwrap();
    let (xseed, xpublic) = generate(NewKey::Xkey, [2; 32]).unwrap();
    assert!(seed.expose().starts_with("SA") && public.starts_with('A'));
    assert!(xseed.expose().starts_with("SX") && xpublic.starts_with('X'));
    let keys = Keyring::parse(&[seed], &[xseed]).unwrap();
    assert_eq!(keys.issuers().collect::<Vec<_>>(), [public]);
    assert_eq!(keys.xkeys().collect::<Vec<_>>(), [xpublic]);
}

#[test]
fn several_keys_are_kept_in_order_for_rotation() {
    let seeds: Vec<_> = [3, 4]
        .map(|byte| generate(NewKey::Issuer, [byte; 32]).unwrap())
        .into();
    let (seeds, publics): (Vec<_>, Vec<_>) = seeds.into_iter().unzip();
    let keys = Keyring::parse(&seeds, &[]).unwrap();
    assert_eq!(keys.issuers().collect::<Vec<_>>(), publics);
}

#[test]
fn white_space_around_a_seed_is_ignored() {
    let seed = Secret::new(format!("{}\n", issuer_seed().expose()));
    assert!(Keyring::parse(&[seed], &[]).is_ok());
}

#[rstest]
#[case("", "the issuer seed is empty")]
#[case("hunter2", "has 7 characters, but a seed has 58")]
#[case("SUAM", "is the seed of a user")]
#[case("SXAM", "is the seed of an xkey")]
#[case("ABJH", "is the public key of an account")]
#[case("eyJ0", "is a JWT")]
#[case("-----BEGIN NATS USER JWT-----", "is a creds or PEM file")]
fn a_wrong_account_seed_is_described(#[case] given: &str, #[case] expected: &str) {
    let text = refused(given);
    assert!(text.contains(expected), "{text}");
    assert!(
        text.contains("begins with SA") && text.contains("portcullis init"),
        "{text}"
    );
}

#[test]
fn an_account_seed_is_refused_as_an_xkey_seed() {
    let text = Keyring::parse(&[issuer_seed()], &[issuer_seed()])
        .unwrap_err()
        .to_string();
    assert!(
        text.contains("the xkey seed is the seed of an account"),
        "{text}"
    );
    assert!(text.contains("begins with SX"), "{text}");
}

#[test]
fn a_typing_error_is_found() {
    let seed = issuer_seed().expose().to_owned();
    let last = if seed.ends_with('A') { "B" } else { "A" };
    let middle = seed.replacen(
        &seed[20..21],
        if &seed[20..21] == "A" { "B" } else { "A" },
        1,
    );
    assert!(
        refused(&middle).contains("checksum"),
        "{}",
        refused(&middle)
    );
    let lower = format!("{}{last}", &seed[..57]).to_lowercase();
    assert!(
        refused(&lower).contains("not readable"),
        "{}",
        refused(&lower)
    );
}

#[test]
fn a_keyring_without_an_issuer_is_refused() {
    assert_eq!(
        Keyring::parse(&[], &[]).unwrap_err(),
        KeyError::Missing {
            wanted: SeedPurpose::Issuer
        }
    );
}

#[test]
fn neither_errors_nor_the_keyring_show_a_seed() {
    let seed = issuer_seed();
    let keys = Keyring::parse(std::slice::from_ref(&seed), &[]).unwrap();
    assert!(!format!("{keys:?}").contains(seed.expose()));
    let wrong = Secret::new(seed.expose().replace('A', "B"));
    assert!(!refused(wrong.expose()).contains(wrong.expose()));
}
