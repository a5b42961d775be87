//! What Go's own `net/url` made of texts; recorded by `testdata/url/record.go`.

use super::*;

#[test]
fn urls_are_gos() {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut cases = 0;
    for line in include_str!("../../../testdata/url/cases.jsonl").lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| case.get(name).and_then(|v| v.as_str());
        let got = if let Some(url) = field("url") {
            match Url::parse(url) {
                Err(e) => serde_json::json!({"url": url, "error": e.to_string()}),
                Ok(u) => {
                    let user = u.user.as_ref().map(ToString::to_string).unwrap_or_default();
                    let flags = format!("{} {} {}", u.force_query, u.omit_host, u.user.is_some());
                    let parts =
                        [&u.path, &u.raw_path, &u.raw_query, &u.fragment, &u.raw_fragment].map(|part| text(part));
                    let mut want = vec![u.to_string(), text(&u.scheme), text(&u.opaque), user, text(&u.host)];
                    want.extend(parts);
                    want.extend([text(u.hostname()), flags]);
                    serde_json::json!({"url": url, "want": want})
                }
            }
        } else if let (Some(base), Some(reference)) = (field("base"), field("ref")) {
            let resolved = Url::parse(base).unwrap().resolve(&Url::parse(reference).unwrap());
            serde_json::json!({"base": base, "ref": reference, "want": resolved.to_string()})
        } else {
            let addr = field("addr").unwrap();
            match parse_addr(addr) {
                Err(e) => serde_json::json!({"addr": addr, "error": e}),
                Ok(found) => serde_json::json!({"addr": addr, "want": format!("{} {}", found.is_v4, found.zone)}),
            }
        };
        assert_eq!(got, case);
        cases += 1;
    }
    assert!(cases > 500, "only {cases} cases");
}
