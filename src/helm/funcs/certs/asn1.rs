//! ASN.1 structures of private keys, read as Go reads them, with its errors.
//!
//! Mirrors `encoding/asn1` (`Unmarshal`) of Go 1.26. Go fills a struct by reflection; here a [`Shape`] says what the
//! struct's fields are, and the result is a [`Field`] for each.

use super::der::{self, oid_numbers};

/// What is to be read.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// `int`.
    Int,
    /// `*big.Int`.
    BigInt,
    /// `[]byte`.
    Octets,
    /// `asn1.BitString`.
    BitString,
    /// `asn1.ObjectIdentifier`.
    Oid,
    /// `asn1.RawValue`: any element.
    Raw,
    /// A struct: its Go name and its fields.
    Struct(&'static str, &'static [Member]),
    /// A slice of structs.
    ListOf(&'static Shape),
}

/// A field of a struct.
#[derive(Clone, Copy)]
pub(super) struct Member {
    shape: Shape,
    optional: bool,
    /// The number of the explicit tag around it.
    tag: Option<u8>,
}

/// A field that must be there.
pub(super) const fn required(shape: Shape) -> Member {
    Member { shape, optional: false, tag: None }
}

/// A field that may be missing.
pub(super) const fn optional(shape: Shape) -> Member {
    Member { shape, optional: true, tag: None }
}

/// A field that may be missing, inside an explicit tag.
pub(super) const fn tagged(shape: Shape, tag: u8) -> Member {
    Member { shape, optional: true, tag: Some(tag) }
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Field<'a> {
    /// An optional field that is not there.
    Missing,
    /// An `int`.
    Int(i64),
    /// Bytes: the two's complement of a `*big.Int`, the content of octets, bits or an object identifier, or a whole
    /// raw element.
    Bytes(&'a [u8]),
    /// The fields of a struct or the structs of a slice.
    List(Vec<Field<'a>>),
}

impl<'a> Field<'a> {
    /// The bytes; none when the field is missing.
    pub(super) fn bytes(&self) -> &'a [u8] {
        match self {
            Field::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    /// The number; 0 when the field is missing.
    pub(super) fn int(&self) -> i64 {
        match self {
            Field::Int(number) => *number,
            _ => 0,
        }
    }

    /// The field of a struct, or the struct of a slice.
    pub(super) fn get(&self, at: usize) -> &Field<'a> {
        self.list().get(at).unwrap_or(&Field::Missing)
    }

    /// The fields of a struct or the structs of a slice.
    pub(super) fn list(&self) -> &[Field<'a>] {
        match self {
            Field::List(fields) => fields,
            _ => &[],
        }
    }
}

/// Reads one value and gives what follows it.
pub(super) fn unmarshal(bytes: &[u8], shape: Shape) -> Result<(Field<'_>, &[u8]), String> {
    let mut at = 0;
    let field = field(bytes, &mut at, &required(shape))?;
    Ok((field, bytes.get(at..).unwrap_or_default()))
}

fn syntax(text: &str) -> String {
    format!("asn1: syntax error: {text}")
}

fn structure(text: &str) -> String {
    format!("asn1: structure error: {text}")
}

/// Tag and length of an element.
#[derive(Clone, Copy)]
struct Header {
    class: u8,
    tag: i64,
    length: usize,
    is_compound: bool,
}

const SEQUENCE: i64 = 16;

impl Shape {
    /// The universal tag, `None` when any will do, and whether the element holds others.
    fn expected(self) -> (Option<i64>, bool) {
        match self {
            Shape::Int | Shape::BigInt => (Some(2), false),
            Shape::Octets => (Some(4), false),
            Shape::BitString => (Some(3), false),
            Shape::Oid => (Some(6), false),
            Shape::Raw => (None, false),
            Shape::Struct(..) | Shape::ListOf(_) => (Some(SEQUENCE), true),
        }
    }

    /// `reflect.Type.Name`.
    fn name(self) -> &'static str {
        match self {
            Shape::Int => "int",
            Shape::BigInt | Shape::Octets | Shape::ListOf(_) => "",
            Shape::BitString => "BitString",
            Shape::Oid => "ObjectIdentifier",
            Shape::Raw => "RawValue",
            Shape::Struct(name, _) => name,
        }
    }
}

fn field<'a>(bytes: &'a [u8], at: &mut usize, member: &Member) -> Result<Field<'a>, String> {
    let start = *at;
    if start == bytes.len() {
        return if member.optional { Ok(Field::Missing) } else { Err(syntax("sequence truncated")) };
    }
    let mut header = header(bytes, at)?;
    if let Some(tag) = member.tag {
        if *at == bytes.len() {
            return Err(structure("explicit tag has no child"));
        }
        if header.class == 2 && header.tag == i64::from(tag) && (header.length == 0 || header.is_compound) {
            if header.length == 0 {
                return Err(structure("zero length explicit tag was not an asn1.Flag"));
            }
            header = self::header(bytes, at)?;
        } else {
            // Every tagged member there is is optional.
            *at = start;
            return Ok(Field::Missing);
        }
    }
    let (tag, is_compound) = member.shape.expected();
    if let Some(tag) = tag
        && (header.class != 0 || header.tag != tag || header.is_compound != is_compound)
    {
        if member.optional {
            *at = start;
            return Ok(Field::Missing);
        }
        let Header { class, tag: found, length, is_compound } = header;
        return Err(structure(&format!(
            "tags don't match ({tag} vs {{class:{class} tag:{found} length:{length} isCompound:{is_compound}}}) \
             {{optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> \
             stringType:0 timeType:0 set:false omitEmpty:false}} {} @{at}",
            member.shape.name(),
        )));
    }
    let content = take(bytes, at, header.length).ok_or_else(|| syntax("data truncated"))?;
    content_of(member.shape, content, bytes.get(start..*at).unwrap_or_default())
}

fn content_of<'a>(shape: Shape, content: &'a [u8], whole: &'a [u8]) -> Result<Field<'a>, String> {
    Ok(match shape {
        Shape::Raw => Field::Bytes(whole),
        Shape::Octets => Field::Bytes(content),
        Shape::Oid => {
            check_oid(content)?;
            Field::Bytes(content)
        }
        Shape::BitString => {
            let [padding, bits @ ..] = content else { return Err(syntax("zero length BIT STRING")) };
            let last = bits.last().copied();
            if last.map_or(*padding > 0, |last| *padding > 7 || last & ((1 << padding) - 1) != 0) {
                return Err(syntax("invalid padding bits in BIT STRING"));
            }
            Field::Bytes(bits)
        }
        Shape::BigInt => {
            check_integer(content)?;
            Field::Bytes(content)
        }
        Shape::Int => {
            check_integer(content)?;
            if content.len() > 8 {
                return Err(structure("integer too large"));
            }
            let sign = if der::is_negative(content) { -1 } else { 0 };
            Field::Int(content.iter().fold(sign, |number, byte| number << 8 | i64::from(*byte)))
        }
        Shape::Struct(_, members) => {
            let mut at = 0;
            // Elements after the last field are allowed.
            Field::List(members.iter().map(|member| field(content, &mut at, member)).collect::<Result<_, _>>()?)
        }
        Shape::ListOf(shape) => {
            let (tag, is_compound) = shape.expected();
            let mut at = 0;
            let mut count = 0;
            while at < content.len() {
                let header = header(content, &mut at)?;
                if header.class != 0 || header.is_compound != is_compound || Some(header.tag) != tag {
                    return Err(structure("sequence tag mismatch"));
                }
                take(content, &mut at, header.length).ok_or_else(|| syntax("truncated sequence"))?;
                count += 1;
            }
            let mut at = 0;
            Field::List((0..count).map(|_| field(content, &mut at, &required(*shape))).collect::<Result<_, _>>()?)
        }
    })
}

fn take<'a>(bytes: &'a [u8], at: &mut usize, length: usize) -> Option<&'a [u8]> {
    let end = at.checked_add(length)?;
    let taken = bytes.get(*at..end)?;
    *at = end;
    Some(taken)
}

fn check_integer(bytes: &[u8]) -> Result<(), String> {
    match bytes {
        [] => Err(structure("empty integer")),
        [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => Err(structure("integer not minimally-encoded")),
        _ => Ok(()),
    }
}

fn check_oid(bytes: &[u8]) -> Result<(), String> {
    if bytes.is_empty() {
        return Err(syntax("zero length OBJECT IDENTIFIER"));
    }
    let mut at = 0;
    while at < bytes.len() {
        base_128(bytes, &mut at)?;
    }
    // Both readers agree on what is right; only this one has words for what is wrong.
    debug_assert!(oid_numbers(bytes).is_some());
    Ok(())
}

fn base_128(bytes: &[u8], at: &mut usize) -> Result<i64, String> {
    let mut number = 0;
    for digits in 0.. {
        let Some(byte) = bytes.get(*at) else { break };
        if digits == 5 {
            return Err(structure("base 128 integer too large"));
        }
        if digits == 0 && *byte == 0x80 {
            return Err(syntax("integer is not minimally encoded"));
        }
        number = number << 7 | i64::from(byte & 0x7f);
        *at += 1;
        if byte & 0x80 == 0 {
            return if number > i64::from(i32::MAX) {
                Err(structure("base 128 integer too large"))
            } else {
                Ok(number)
            };
        }
    }
    Err(syntax("truncated base 128 integer"))
}

fn next_byte(bytes: &[u8], at: &mut usize) -> Result<u8, String> {
    let byte = bytes.get(*at).copied().ok_or_else(|| syntax("truncated tag or length"))?;
    *at += 1;
    Ok(byte)
}

fn header(bytes: &[u8], at: &mut usize) -> Result<Header, String> {
    let first = next_byte(bytes, at)?;
    let mut tag = i64::from(first & 0x1f);
    if tag == 0x1f {
        tag = base_128(bytes, at)?;
        if tag < 0x1f {
            return Err(syntax("non-minimal tag"));
        }
    }
    let mut length = usize::from(next_byte(bytes, at)?);
    if length & 0x80 != 0 {
        let digits = length & 0x7f;
        if digits == 0 {
            return Err(syntax("indefinite length found (not DER)"));
        }
        length = 0;
        for _ in 0..digits {
            let digit = next_byte(bytes, at)?;
            // Go's bound, so that the shift below cannot overflow an int of 32 bits.
            if length >= 1 << 23 {
                return Err(structure("length too large"));
            }
            length = length << 8 | usize::from(digit);
            if length == 0 {
                return Err(structure("superfluous leading zeros in length"));
            }
        }
        if length < 0x80 {
            return Err(structure("non-minimal length"));
        }
    }
    Ok(Header { class: first >> 6, tag, length, is_compound: first & 0x20 != 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR: Shape = Shape::Struct("pair", &[required(Shape::Int), optional(Shape::Octets), tagged(Shape::Oid, 0)]);

    fn read(bytes: &[u8]) -> Result<Field<'_>, String> {
        unmarshal(bytes, PAIR).map(|(field, _)| field)
    }

    #[test]
    fn fields() {
        let all = [0x30, 11, 2, 1, 0xfe, 4, 1, 9, 0xa0, 3, 6, 1, 42];
        let all = read(&all).unwrap();
        assert_eq!((all.get(0).int(), all.get(1).bytes(), all.get(2).bytes()), (-2, &[9][..], &[42][..]));
        let some = [0x30, 3, 2, 1, 5];
        assert_eq!(read(&some).unwrap().list()[1..], [Field::Missing, Field::Missing]);
    }

    #[test]
    fn errors_have_gos_words() {
        for (bytes, error) in [
            (&[][..], "asn1: syntax error: sequence truncated"),
            (&[0x30], "asn1: syntax error: truncated tag or length"),
            (&[0x30, 5, 2], "asn1: syntax error: data truncated"),
            (&[0x30, 0x80], "asn1: syntax error: indefinite length found (not DER)"),
            (&[0x30, 0x81, 3, 2, 1, 5], "asn1: structure error: non-minimal length"),
            (&[0x30, 0x82, 0, 3], "asn1: structure error: superfluous leading zeros in length"),
            (&[0x30, 2, 2, 0], "asn1: structure error: empty integer"),
            (&[0x30, 4, 2, 2, 0, 1], "asn1: structure error: integer not minimally-encoded"),
            (&[0x30, 11, 2, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9], "asn1: structure error: integer too large"),
            (
                &[0x30, 2, 4, 0],
                "asn1: structure error: tags don't match (2 vs {class:0 tag:4 length:0 isCompound:false}) \
                 {optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> \
                 stringType:0 timeType:0 set:false omitEmpty:false} int @2",
            ),
            (
                &[0x6f, 0],
                "asn1: structure error: tags don't match (16 vs {class:1 tag:15 length:0 isCompound:true}) \
                 {optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> \
                 stringType:0 timeType:0 set:false omitEmpty:false} pair @2",
            ),
        ] {
            assert_eq!(read(bytes), Err(error.to_owned()), "{bytes:?}");
        }
    }
}
