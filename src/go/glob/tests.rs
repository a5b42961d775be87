//! What the library itself answers (`testdata/go/glob.go`), its panics included.

use super::{Error, Glob, MatchError};

#[test]
fn as_the_library() {
    let mut asked = 0;
    for line in include_str!("../../../testdata/go/glob.jsonl").lines() {
        let row: Vec<String> = serde_json::from_str(line).unwrap();
        let [pattern, compiles, answers @ ..] = row.as_slice() else { panic!("{line}") };
        let glob = Glob::compile(pattern, &['/']);
        assert_eq!(if glob.is_ok() { "ok" } else { "err" }, compiles, "{pattern:?}");
        let Ok(glob) = glob else { continue };
        for pair in answers.chunks(2) {
            let [name, want] = pair else { panic!("{line}") };
            let got = match glob.matches(name) {
                Ok(true) => "t".to_owned(),
                Ok(false) => "f".to_owned(),
                Err(panic) => panic.to_string(),
            };
            assert_eq!(got, *want, "{pattern:?} on {name:?}");
            asked += 1;
        }
    }
    assert!(asked > 10_000, "only {asked} answers");
}

#[test]
fn patterns_have_limits() {
    assert_eq!(Glob::compile("{".repeat(51), &['/']).unwrap_err(), Error::TooComplex);
    assert_eq!(Glob::compile("?*".repeat(400), &['/']).unwrap_err(), Error::TooComplex);
    assert!(Glob::compile("a".repeat(10_000), &['/']).unwrap().matches("a".repeat(10_000)).unwrap());
    let slow = Glob::compile("*a".repeat(40), &['/']).unwrap();
    assert_eq!(slow.matches("ab".repeat(30)), Err(MatchError::TooSlow));
}
