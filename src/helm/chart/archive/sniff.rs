//! What kind of file it is, by its first bytes.
//!
//! Mirrors `net/http.DetectContentType` and with it <https://mimesniff.spec.whatwg.org>.

const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const BINARY: &str = "application/octet-stream";

const HTML_TAGS: [&[u8]; 17] = [
    b"<!DOCTYPE HTML",
    b"<HTML",
    b"<HEAD",
    b"<SCRIPT",
    b"<IFRAME",
    b"<H1",
    b"<DIV",
    b"<FONT",
    b"<TABLE",
    b"<A",
    b"<STYLE",
    b"<TITLE",
    b"<B",
    b"<BODY",
    b"<BR",
    b"<P",
    b"<!--",
];

/// Signatures in Go's order; a `?` in the second part of a name stands for any byte there.
const SIGNATURES: &[(&[u8], &[u8], &str)] = &[
    (b"%PDF-", b"", "application/pdf"),
    (b"%!PS-Adobe-", b"", "application/postscript"),
    (b"\xfe\xff", b"??", "text/plain; charset=utf-16be"),
    (b"\xff\xfe", b"??", "text/plain; charset=utf-16le"),
    (b"\xef\xbb\xbf", b"?", TEXT),
    (b"\0\0\x01\0", b"", "image/x-icon"),
    (b"\0\0\x02\0", b"", "image/x-icon"),
    (b"BM", b"", "image/bmp"),
    (b"GIF87a", b"", "image/gif"),
    (b"GIF89a", b"", "image/gif"),
    (b"RIFF", b"????WEBPVP", "image/webp"),
    (b"\x89PNG\r\n\x1a\n", b"", "image/png"),
    (b"\xff\xd8\xff", b"", "image/jpeg"),
    (b"FORM", b"????AIFF", "audio/aiff"),
    (b"ID3", b"", "audio/mpeg"),
    (b"OggS\0", b"", "application/ogg"),
    (b"MThd\0\0\0\x06", b"", "audio/midi"),
    (b"RIFF", b"????AVI ", "video/avi"),
    (b"RIFF", b"????WAVE", "audio/wave"),
];

/// Those that Go asks for after MP4.
const LATE_SIGNATURES: &[(&[u8], &[u8], &str)] = &[
    (b"\x1a\x45\xdf\xa3", b"", "video/webm"),
    (b"", b"??????????????????????????????????LP", "application/vnd.ms-fontobject"),
    (b"\0\x01\0\0", b"", "font/ttf"),
    (b"OTTO", b"", "font/otf"),
    (b"ttcf", b"", "font/collection"),
    (b"wOFF", b"", "font/woff"),
    (b"wOF2", b"", "font/woff2"),
    (b"\x1f\x8b\x08", b"", "application/x-gzip"),
    (b"PK\x03\x04", b"", "application/zip"),
    (b"Rar!\x1a\x07\0", b"", "application/x-rar-compressed"),
    (b"Rar!\x1a\x07\x01\0", b"", "application/x-rar-compressed"),
    (b"\0asm", b"", "application/wasm"),
];

/// The content type of data by its first bytes.
pub(super) fn content_type(data: &[u8]) -> &'static str {
    let is_blank = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ');
    let first = data.iter().position(|byte| !is_blank(byte)).unwrap_or(data.len());
    let content = data.get(first..).unwrap_or_default();
    if HTML_TAGS.iter().any(|tag| begins_with_tag(content, tag)) {
        return HTML;
    }
    if content.starts_with(b"<?xml") {
        return "text/xml; charset=utf-8";
    }
    if let Some(found) = signature(data, SIGNATURES) {
        return found;
    }
    if is_mp4(data) {
        return "video/mp4";
    }
    if let Some(found) = signature(data, LATE_SIGNATURES) {
        return found;
    }
    let is_binary = |byte: &u8| matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f);
    if content.iter().any(is_binary) { BINARY } else { TEXT }
}

fn signature(data: &[u8], signatures: &[(&[u8], &[u8], &'static str)]) -> Option<&'static str> {
    let fits = |start: &[u8], masked: &[u8]| {
        let Some(rest) = data.strip_prefix(start) else { return false };
        rest.len() >= masked.len() && masked.iter().zip(rest).all(|(want, byte)| *want == b'?' || want == byte)
    };
    signatures.iter().find(|(start, masked, _)| fits(start, masked)).map(|(_, _, name)| *name)
}

fn begins_with_tag(content: &[u8], tag: &[u8]) -> bool {
    let Some((start, rest)) = content.split_at_checked(tag.len()) else { return false };
    // Go clears the case bit under each letter of the tag, whatever byte is there.
    let same = |(byte, want): (&u8, &u8)| if want.is_ascii_uppercase() { byte & 0xdf == *want } else { byte == want };
    start.iter().zip(tag).all(same) && matches!(rest.first(), Some(b' ' | b'>'))
}

fn is_mp4(data: &[u8]) -> bool {
    let Some((length, rest)) = data.split_first_chunk::<4>() else { return false };
    let size = u32::from_be_bytes(*length) as usize;
    if data.len() < 12 || data.len() < size || !size.is_multiple_of(4) || !rest.starts_with(b"ftyp") {
        return false;
    }
    (8..size).step_by(4).any(|at| at != 12 && data.get(at..at + 3) == Some(b"mp4".as_slice()))
}

#[cfg(test)]
mod tests {
    use super::content_type;

    #[test]
    fn kinds_of_files() {
        let cases: &[(&[u8], &str)] = &[
            (b"apiVersion: v2\n", "text/plain; charset=utf-8"),
            (b"apiVersion: v2\n\0\0\0", "application/octet-stream"),
            (b" <html><body>", "text/html; charset=utf-8"),
            (b"<?xml version=", "text/xml; charset=utf-8"),
            (b"PK\x03\x04 zip", "application/zip"),
            (b"\x1f\x8b\x08\0", "application/x-gzip"),
            (b"RIFFabcdWAVE", "audio/wave"),
            (b"", "text/plain; charset=utf-8"),
        ];
        for (data, want) in cases {
            assert_eq!(content_type(data), *want, "{data:?}");
        }
    }
}
