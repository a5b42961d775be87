//! Reading tar archives as Go's `archive/tar` does: the same names, sizes and texts of errors.
//!
//! Of no use for writing, and it refuses sparse files, which no chart has.

use std::io::{self, Read};

const BLOCK: usize = 512;

/// `archive/tar.maxSpecialFileSize`: how long the data of an extended header may be.
const MAX_SPECIAL: u64 = 1 << 20;

const ERR_HEADER: &str = "archive/tar: invalid tar header";

/// A file, folder, link or global header of an archive.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) kind: u8,
    /// As the header says, even for kinds that have no data.
    pub(super) size: u64,
    mode: i64,
}

impl Entry {
    /// `FileInfo().IsDir()`.
    pub(super) fn is_folder(&self) -> bool {
        self.kind == b'5' || self.mode & !0o7777 == 0o40000
    }

    /// A pax header that is not about one file.
    pub(super) fn is_global_header(&self) -> bool {
        self.kind == b'g'
    }
}

/// The entries of an archive, one after the other.
pub(super) struct Tar<R> {
    input: R,
    /// Data of the current entry that is not read yet.
    left: u64,
    padding: u64,
}

/// What extended headers say about the next entry.
#[derive(Default)]
struct Extended {
    path: Option<Vec<u8>>,
    size: Option<u64>,
    long_name: Option<Vec<u8>>,
}

impl<R: Read> Tar<R> {
    pub(super) fn new(input: R) -> Tar<R> {
        Tar { input, left: 0, padding: 0 }
    }

    /// The next entry; `None` at the end of the archive.
    pub(super) fn next_entry(&mut self) -> Result<Option<Entry>, String> {
        let mut extended = Extended::default();
        loop {
            self.finish_entry()?;
            let Some(header) = self.read_header()? else { return Ok(None) };
            let mut entry = header;
            self.begin_data(&entry);
            match entry.kind {
                b'g' => {
                    let records = self.special_data()?;
                    for_each_pax_record(&records, |_, _| Ok(()))?;
                    entry.size = 0;
                    return Ok(Some(entry));
                }
                b'x' => {
                    extended.path = None;
                    extended.size = None;
                    let records = self.special_data()?;
                    for_each_pax_record(&records, |key, value| extended.note(key, value))?;
                }
                b'L' => extended.long_name = Some(c_string(&self.special_data()?).to_vec()),
                b'K' => drop(self.special_data()?),
                b'S' => return Err("archive/tar: sparse files are not supported".to_owned()),
                _ => {
                    extended.apply(&mut entry);
                    if entry.kind == 0 {
                        entry.kind = if entry.name.ends_with('/') { b'5' } else { b'0' };
                    }
                    self.begin_data(&entry);
                    return Ok(Some(entry));
                }
            }
        }
    }

    /// The data of the current entry, no more than `limit` bytes of it.
    pub(super) fn read_data(&mut self, limit: u64) -> Result<Vec<u8>, String> {
        let wanted = self.left.min(limit);
        // The size is a claim of the archive; memory is taken as data comes.
        let mut data = Vec::with_capacity(usize::try_from(wanted.min(MAX_SPECIAL)).unwrap_or(0));
        let read = (&mut self.input).take(wanted).read_to_end(&mut data).map_err(|e| stream_error(&e))?;
        self.left -= read as u64;
        if (read as u64) < wanted { Err("unexpected EOF".to_owned()) } else { Ok(data) }
    }

    fn special_data(&mut self) -> Result<Vec<u8>, String> {
        if self.left > MAX_SPECIAL {
            return Err("archive/tar: header field too long".to_owned());
        }
        self.read_data(MAX_SPECIAL)
    }

    fn begin_data(&mut self, entry: &Entry) {
        let has_data = !matches!(entry.kind, b'1'..=b'6');
        self.left = if has_data { entry.size } else { 0 };
        self.padding = self.left.next_multiple_of(BLOCK as u64) - self.left;
    }

    fn finish_entry(&mut self) -> Result<(), String> {
        let left = self.left;
        let skipped = io::copy(&mut (&mut self.input).take(left), &mut io::sink()).map_err(|e| stream_error(&e))?;
        if skipped < left {
            return Err("unexpected EOF".to_owned());
        }
        let padding = self.padding;
        io::copy(&mut (&mut self.input).take(padding), &mut io::sink()).map_err(|e| stream_error(&e))?;
        (self.left, self.padding) = (0, 0);
        Ok(())
    }

    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, String> {
        let mut block = Vec::with_capacity(BLOCK);
        (&mut self.input).take(BLOCK as u64).read_to_end(&mut block).map_err(|e| stream_error(&e))?;
        match <[u8; BLOCK]>::try_from(block) {
            Ok(block) => Ok(Some(block)),
            Err(short) if short.is_empty() => Ok(None),
            Err(_) => Err("unexpected EOF".to_owned()),
        }
    }

    fn read_header(&mut self) -> Result<Option<Entry>, String> {
        let Some(block) = self.block()? else { return Ok(None) };
        if block == [0; BLOCK] {
            return match self.block()? {
                Some(second) if second != [0; BLOCK] => Err(ERR_HEADER.to_owned()),
                _ => Ok(None),
            };
        }
        parse_header(&block).map(Some).ok_or_else(|| ERR_HEADER.to_owned())
    }
}

impl Extended {
    fn note(&mut self, key: &[u8], value: &[u8]) -> Result<(), String> {
        match key {
            _ if key.starts_with(b"GNU.sparse.") => {
                return Err("archive/tar: sparse files are not supported".to_owned());
            }
            _ if value.is_empty() => {}
            b"path" => self.path = Some(value.to_vec()),
            b"size" => {
                let size = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
                self.size = Some(size.ok_or_else(|| ERR_HEADER.to_owned())?);
            }
            _ => {}
        }
        Ok(())
    }

    fn apply(self, entry: &mut Entry) {
        if let Some(name) = self.long_name.filter(|name| !name.is_empty()).or(self.path) {
            entry.name = text(&name);
        }
        entry.size = self.size.unwrap_or(entry.size);
    }
}

/// Header fields, or `None` when it is no header.
fn parse_header(block: &[u8; BLOCK]) -> Option<Entry> {
    let field = |at: usize, len: usize| block.get(at..at + len).unwrap_or_default();
    let checksum = octal(field(148, 8))?;
    let (unsigned, signed) = checksums(block);
    if checksum != unsigned && checksum != signed {
        return None;
    }
    // Go reads all numbers of the header and refuses it when one of them is none.
    for (at, len) in [(108, 8), (116, 8), (136, 12)] {
        numeric(field(at, len))?;
    }
    let mode = numeric(field(100, 8))?;
    let size = u64::try_from(numeric(field(124, 12))?).ok()?;
    let magic = field(257, 6);
    let is_ustar = magic == b"ustar\0";
    let is_gnu = magic == b"ustar " && field(263, 2) == b" \0";
    let mut name = c_string(field(0, 100)).to_vec();
    if is_ustar || is_gnu {
        for at in [329, 337] {
            numeric(field(at, 8))?;
        }
    }
    let prefix = match () {
        () if is_ustar && field(508, 4) == b"tar\0" => c_string(field(345, 131)),
        () if is_ustar => c_string(field(345, 155)),
        // Archives of an early Go have a prefix where GNU has times.
        () if is_gnu && !gnu_times_are_numbers(block) && c_string(field(345, 155)).is_ascii() => {
            c_string(field(345, 155))
        }
        () => &[],
    };
    if !prefix.is_empty() {
        name = [prefix, b"/", &name].concat();
    }
    Some(Entry { name: text(&name), kind: block.get(156).copied().unwrap_or(0), size, mode })
}

fn gnu_times_are_numbers(block: &[u8; BLOCK]) -> bool {
    [345, 357].into_iter().all(|at| {
        let field = block.get(at..at + 12).unwrap_or_default();
        field.first() == Some(&0) || numeric(field).is_some()
    })
}

/// The sum of a header's bytes, its checksum field taken as blanks; unsigned as POSIX has it, signed as old Suns did.
fn checksums(block: &[u8; BLOCK]) -> (i64, i64) {
    let (mut unsigned, mut signed) = (0, 0);
    for (at, byte) in block.iter().enumerate() {
        let byte = if (148..156).contains(&at) { b' ' } else { *byte };
        unsigned += i64::from(byte);
        signed += i64::from(byte.cast_signed());
    }
    (unsigned, signed)
}

/// An octal number, or a base-256 one when the first bit is set.
fn numeric(field: &[u8]) -> Option<i64> {
    let first = *field.first()?;
    if first & 0x80 == 0 {
        return octal(field);
    }
    let inverted = if first & 0x40 == 0 { 0 } else { 0xff };
    let mut number: u64 = 0;
    for (at, byte) in field.iter().enumerate() {
        let byte = if at == 0 { (byte ^ inverted) & 0x7f } else { byte ^ inverted };
        if number >> 56 > 0 {
            return None;
        }
        number = number << 8 | u64::from(byte);
    }
    let number = i64::try_from(number).ok()?;
    Some(if inverted == 0 { number } else { !number })
}

fn octal(field: &[u8]) -> Option<i64> {
    let is_fill = |byte: &u8| matches!(byte, b' ' | 0);
    let start = field.iter().position(|byte| !is_fill(byte)).unwrap_or(field.len());
    let end = field.iter().rposition(|byte| !is_fill(byte)).map_or(start, |last| last + 1);
    let digits = c_string(field.get(start..end)?);
    if digits.is_empty() {
        return Some(0);
    }
    digits.iter().try_fold(0_i64, |number, digit| match digit {
        b'0'..=b'7' => number.checked_mul(8)?.checked_add(i64::from(digit - b'0')),
        _ => None,
    })
}

/// Calls back with key and value of each `LENGTH KEY=VALUE\n`.
fn for_each_pax_record(
    mut records: &[u8],
    mut note: impl FnMut(&[u8], &[u8]) -> Result<(), String>,
) -> Result<(), String> {
    while !records.is_empty() {
        let (record, rest) = split_pax_record(records).ok_or_else(|| ERR_HEADER.to_owned())?;
        let equals = record.iter().position(|byte| *byte == b'=').ok_or_else(|| ERR_HEADER.to_owned())?;
        let (key, value) = record.split_at(equals);
        let value = value.get(1..).unwrap_or_default();
        let holds_nul = |bytes: &[u8]| bytes.contains(&0);
        let bad = match key {
            b"path" | b"linkpath" | b"uname" | b"gname" => holds_nul(value),
            _ => key.is_empty() || holds_nul(key),
        };
        if bad {
            return Err(ERR_HEADER.to_owned());
        }
        note(key, value)?;
        records = rest;
    }
    Ok(())
}

fn split_pax_record(records: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = records.iter().position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(records.get(..space)?).ok()?.parse().ok()?;
    let (record, rest) = records.split_at_checked(length)?;
    Some((record.get(space + 1..)?.strip_suffix(b"\n")?, rest))
}

fn c_string(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or(field)
}

fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// Go's words for what is wrong with the stream below.
pub(super) fn stream_error(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "unexpected EOF".to_owned(),
        io::ErrorKind::Other => error.to_string(),
        _ => crate::go::errno::text(error),
    }
}
