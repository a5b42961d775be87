//! One record: base64, gzip, JSON, as `encodeRelease` and `decodeRelease` in `pkg/storage/driver/util.go` have it.
//!
//! Only what is needed is kept while the JSON is read; a record that would grow without end is refused at a limit.

use std::io::{self, BufReader, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde::Deserialize;

use crate::hooks::RecordedHook;

use super::{LastRun, StoredRelease};

/// How many bytes a record may unpack to. Kubernetes takes no objects over 1.5 MiB, so this is some forty times the largest.
pub const LARGEST: u64 = 64 << 20;

/// The first bytes of gzip, by which Helm tells it from plain JSON.
const GZIP: [u8; 3] = [0x1f, 0x8b, 0x08];

/// Reads a record.
///
/// # Errors
/// With what is wrong, never with what is in it.
pub fn decode(payload: &[u8]) -> Result<StoredRelease, String> {
    decode_within(payload, LARGEST)
}

fn decode_within(payload: &[u8], largest: u64) -> Result<StoredRelease, String> {
    let packed = unpack(payload)?;
    let mut reader = reader(&packed, largest);
    let read: Result<Record, _> = serde_json::from_reader(BufReader::with_capacity(1 << 16, &mut reader));
    if reader.limit() == 0 {
        return Err(too_large(largest));
    }
    let record = read.map_err(|error| match error.classify() {
        serde_json::error::Category::Io => "it is cut off or damaged".to_owned(),
        // serde quotes what it finds.
        _ => format!("it is no release (line {}, column {})", error.line(), error.column()),
    })?;
    Ok(record.into_release())
}

/// The JSON of a record, whole.
///
/// # Errors
/// With what is wrong, never with what is in it.
pub fn json(payload: &[u8]) -> Result<String, String> {
    let packed = unpack(payload)?;
    let mut reader = reader(&packed, LARGEST);
    let mut text = String::new();
    let read = reader.read_to_string(&mut text);
    if reader.limit() == 0 {
        return Err(too_large(LARGEST));
    }
    read.map_err(|_| "it is cut off or damaged".to_owned())?;
    Ok(text)
}

/// Packs a record's JSON as Helm does.
///
/// # Errors
/// Never in practice: writing into memory does not fail.
pub fn encode(json: &str) -> io::Result<String> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(json.as_bytes())?;
    Ok(STANDARD.encode(packer.finish()?))
}

fn too_large(largest: u64) -> String {
    format!("it unpacks to more than {} MiB", largest >> 20)
}

fn unpack(payload: &[u8]) -> Result<Vec<u8>, String> {
    STANDARD.decode(payload).map_err(|_| "it is not base64".to_owned())
}

fn reader(packed: &[u8], largest: u64) -> io::Take<Box<dyn Read + '_>> {
    let reader: Box<dyn Read> =
        if packed.len() > 3 && packed.starts_with(&GZIP) { Box::new(GzDecoder::new(packed)) } else { Box::new(packed) };
    reader.take(largest)
}

/// The fields that are looked at; `null` is as good as none in Go.
#[derive(Deserialize)]
struct Record {
    name: String,
    version: i64,
    #[serde(default)]
    namespace: Option<String>,
    #[serde(default)]
    info: Option<Info>,
    #[serde(default)]
    chart: Option<Chart>,
    #[serde(default)]
    config: Option<serde_json::Value>,
    #[serde(default)]
    manifest: Option<String>,
    #[serde(default)]
    hooks: Option<Vec<Option<Hook>>>,
    #[serde(default)]
    apply_method: Option<String>,
}

#[derive(Deserialize, Default)]
struct Info {
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    first_deployed: Option<String>,
    #[serde(default)]
    last_deployed: Option<String>,
}

#[derive(Deserialize, Default)]
struct Chart {
    #[serde(default)]
    metadata: Option<Metadata>,
}

#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    version: Option<String>,
}

#[derive(Deserialize)]
struct Hook {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    manifest: Option<String>,
    #[serde(default)]
    events: Option<Vec<String>>,
    #[serde(default)]
    weight: Option<i64>,
    #[serde(default)]
    delete_policies: Option<Vec<String>>,
    #[serde(default)]
    output_log_policies: Option<Vec<String>>,
    #[serde(default)]
    last_run: Option<Run>,
}

#[derive(Deserialize, Default)]
struct Run {
    #[serde(default)]
    phase: Option<String>,
    #[serde(default)]
    started_at: Option<String>,
    #[serde(default)]
    completed_at: Option<String>,
}

impl Record {
    fn into_release(self) -> StoredRelease {
        let info = self.info.unwrap_or_default();
        let chart = self.chart.and_then(|chart| chart.metadata).unwrap_or_default();
        StoredRelease {
            name: self.name,
            namespace: self.namespace.unwrap_or_default(),
            revision: u32::try_from(self.version).unwrap_or_default(),
            status: info.status.unwrap_or_default(),
            description: info.description.unwrap_or_default(),
            apply_method: self.apply_method.filter(|method| !method.is_empty()),
            first_deployed: time(info.first_deployed.as_deref()),
            last_deployed: time(info.last_deployed.as_deref()),
            chart_name: chart.name.unwrap_or_default(),
            chart_version: chart.version.unwrap_or_default(),
            hooks: self.hooks.unwrap_or_default().into_iter().flatten().map(Hook::into_hook).collect(),
            config: self.config.map_or_else(|| "{}".to_owned(), |values| values.to_string()),
            manifest: self.manifest.unwrap_or_default(),
        }
    }
}

impl Hook {
    fn into_hook(self) -> (RecordedHook, LastRun) {
        let run = self.last_run.unwrap_or_default();
        let hook = RecordedHook {
            name: self.name.unwrap_or_default(),
            kind: self.kind.unwrap_or_default(),
            path: self.path.unwrap_or_default(),
            manifest: self.manifest.unwrap_or_default(),
            events: self.events.unwrap_or_default(),
            weight: self.weight.unwrap_or_default(),
            delete_policies: self.delete_policies.unwrap_or_default(),
            output_log_policies: self.output_log_policies.unwrap_or_default(),
        };
        let last_run = LastRun {
            phase: run.phase.unwrap_or_default(),
            started_at: time(run.started_at.as_deref()),
            completed_at: time(run.completed_at.as_deref()),
        };
        (hook, last_run)
    }
}

/// A time of Go's; its zero, an empty text and none at all are the same.
fn time(text: Option<&str>) -> Option<Timestamp> {
    let text = text.filter(|text| !text.is_empty() && !text.starts_with("0001-01-01T00:00:00"))?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(file: &str) -> Vec<u8> {
        let text = std::fs::read_to_string(format!("testdata/cluster/records/{file}.yaml")).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("  release: ")).unwrap();
        if file == "configmap" { line.as_bytes().to_vec() } else { STANDARD.decode(line).unwrap() }
    }

    #[test]
    fn both_helms_records_are_read() {
        let old = decode(&recorded("helm3")).unwrap();
        assert_eq!((old.name.as_str(), old.revision, old.status.as_str()), ("r3", 2, "deployed"));
        assert_eq!((old.chart_name.as_str(), old.chart_version.as_str()), ("rec", "1.2.3"));
        assert_eq!(old.apply_method, None);
        assert_eq!(old.config, r#"{"greeting":"hi"}"#);
        let new = decode(&recorded("helm4")).unwrap();
        assert_eq!(new.apply_method.as_deref(), Some("ssa"));
        for release in [&old, &new] {
            let runs: Vec<_> =
                release.hooks.iter().map(|(hook, run)| (hook.kind.as_str(), run.phase.as_str())).collect();
            assert_eq!(runs, [("Secret", ""), ("ConfigMap", "Succeeded"), ("ConfigMap", "")]);
            let (pre, run) = &release.hooks[1];
            assert_eq!((pre.weight, pre.events.len()), (-5, 2));
            assert!(run.started_at < run.completed_at && release.hooks[0].1 == LastRun::default());
            assert!(release.last_deployed > release.first_deployed);
            assert!(!format!("{release:?}").contains("planted"));
        }
        assert_eq!(decode(&recorded("configmap")).unwrap().name, "c4");
    }

    #[test]
    fn what_is_packed_again_is_the_same() {
        let text = json(&recorded("helm4")).unwrap();
        let fields = super::super::Fields::of(&text).unwrap();
        assert_eq!(fields.text(), text);
        assert_eq!(json(encode(&text).unwrap().as_bytes()).unwrap(), text);
        let plain = STANDARD.encode(&text);
        assert_eq!(decode(plain.as_bytes()).unwrap().revision, 2);
    }

    #[test]
    fn damaged_records_say_so_without_their_content() {
        let error = |payload: &[u8]| decode(payload).unwrap_err();
        assert_eq!(error(b"%"), "it is not base64");
        let whole = recorded("helm3");
        let half = STANDARD.encode(&STANDARD.decode(&whole).unwrap()[..400]);
        assert_eq!(error(half.as_bytes()), "it is cut off or damaged");
        let odd = STANDARD.encode(r#"{"name": "x", "version": "planted"}"#);
        assert_eq!(error(odd.as_bytes()), "it is no release (line 1, column 34)");
        assert_eq!(error(STANDARD.encode("").as_bytes()), "it is no release (line 1, column 0)");
        let bomb = encode(&format!(r#"{{"name": "{}"#, "x".repeat(1 << 20))).unwrap();
        assert!(bomb.len() < 1 << 12);
        assert_eq!(decode_within(bomb.as_bytes(), 1 << 20).unwrap_err(), "it unpacks to more than 1 MiB");
    }
}
