//! The extensions of a certificate that is read.
//!
//! Mirrors `processExtensions` of `crypto/x509` in Go 1.26: which are looked into, and what is wrong with them.

use std::collections::HashSet;

use super::der::{self, Input, OCTET_STRING, SEQUENCE, context, explicit};
use super::parse::Wrong;

/// An extension.
pub(super) struct Extension<'a> {
    /// The content of its object identifier.
    pub(super) oid: &'a [u8],
    /// Whether a reader must understand it.
    pub(super) is_critical: bool,
    /// Its value.
    pub(super) value: Input<'a>,
}

const AUTHORITY_INFO_ACCESS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 1];

/// Checks them all and gives the subject's key identifier, empty when there is none.
pub(super) fn check(extensions: &[Extension]) -> Result<Vec<u8>, String> {
    let mut key_id = Vec::new();
    for extension in extensions {
        let value = extension.value;
        match extension.oid {
            [0x55, 0x1d, 14] => key_id = subject_key_id(extension)?.to_vec(),
            [0x55, 0x1d, 15] => key_usage(value)?,
            [0x55, 0x1d, 17] => alternative_names(value)?,
            [0x55, 0x1d, 19] => basic_constraints(value).ok_or("x509: invalid basic constraints")?,
            [0x55, 0x1d, 30] => name_constraints(value)?,
            [0x55, 0x1d, 31] => revocation_lists(value)?,
            [0x55, 0x1d, 32] => policies(value).ok_or("x509: invalid certificate policies")?,
            [0x55, 0x1d, 33] => policy_mappings(value).ok_or("x509: invalid policy mappings extension")?,
            [0x55, 0x1d, 35] => authority_key_id(extension)?,
            [0x55, 0x1d, 36] => policy_constraints(value).ok_or("x509: invalid policy constraints extension")?,
            [0x55, 0x1d, 37] => purposes(value).ok_or("x509: invalid extended key usages")?,
            [0x55, 0x1d, 54] => {
                let mut value = value;
                let number = value.integer(der::INTEGER).filter(|number| number.len() <= 8);
                number.map(drop).ok_or("x509: invalid inhibit any policy extension")?;
            }
            AUTHORITY_INFO_ACCESS => authority_info_access(extension)?,
            _ => {}
        }
    }
    Ok(key_id)
}

fn subject_key_id<'a>(extension: &Extension<'a>) -> Result<&'a [u8], Wrong> {
    if extension.is_critical {
        return Err("x509: subject key identifier incorrectly marked critical");
    }
    let mut value = extension.value;
    value.read(OCTET_STRING).map(|id| id.0).ok_or("x509: invalid subject key identifier")
}

fn key_usage(mut value: Input) -> Result<(), Wrong> {
    value.bits().map(drop).ok_or("x509: invalid key usage")
}

fn alternative_names(mut value: Input) -> Result<(), String> {
    let mut names = value.read(SEQUENCE).ok_or("x509: invalid subject alternative names")?;
    while !names.is_empty() {
        let (tag, name) = names.any().ok_or("x509: invalid subject alternative name")?;
        let kind = match tag ^ 0x80 {
            1 => "rfc822Name",
            2 => "dNSName",
            6 => "uniformResourceIdentifier",
            7 if !matches!(name.0.len(), 4 | 16) => {
                return Err(format!("x509: cannot parse IP address of length {}", name.0.len()));
            }
            _ => continue,
        };
        if !name.0.is_ascii() {
            return Err(format!("x509: SAN {kind} is malformed"));
        }
    }
    Ok(())
}

fn basic_constraints(mut value: Input) -> Option<()> {
    let mut parts = value.read(SEQUENCE)?;
    if parts.is_next(der::BOOLEAN) {
        parts.boolean()?;
    }
    if parts.is_next(der::INTEGER) {
        parts.small(der::INTEGER)?;
    }
    Some(())
}

fn name_constraints(mut value: Input) -> Result<(), String> {
    let broken = "x509: invalid NameConstraints extension";
    let mut parts = value.read(SEQUENCE).filter(|_| value.is_empty()).ok_or(broken)?;
    let permitted = parts.optional(explicit(0)).ok_or(broken)?;
    let excluded = parts.optional(explicit(1)).filter(|_| parts.is_empty()).ok_or(broken)?;
    let subtrees = [permitted, excluded].map(|subtrees| subtrees.unwrap_or(Input(&[])));
    if subtrees.iter().all(|subtrees| subtrees.is_empty()) {
        return Err("x509: empty name constraints extension".to_owned());
    }
    for mut subtrees in subtrees {
        while !subtrees.is_empty() {
            let (tag, base) = subtrees.read(SEQUENCE).and_then(|mut subtree| subtree.any()).ok_or(broken)?;
            subtree(tag, base.0)?;
        }
    }
    Ok(())
}

fn subtree(tag: u8, base: &[u8]) -> Result<(), String> {
    let quoted = crate::go::strconv::quote(base);
    if tag == context(7) {
        let Some(mask) = matches!(base.len(), 8 | 32).then(|| base.get(base.len() / 2..).unwrap_or_default()) else {
            return Err(format!("x509: IP constraint contained value of length {}", base.len()));
        };
        let mut bits =
            mask.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).skip_while(|b| *b == 1);
        if bits.any(|bit| bit == 1) {
            let mask: String = mask.iter().map(|byte| format!("{byte:02x}")).collect();
            return Err(format!("x509: IP constraint contained invalid mask {mask}"));
        }
        return Ok(());
    }
    let kind = match tag {
        _ if tag == context(1) => "rfc822Name",
        _ if tag == context(2) => "dnsName",
        _ if tag == context(6) => "URI",
        _ => return Ok(()),
    };
    if !base.is_ascii() {
        return Err(format!("x509: invalid constraint value: x509: {quoted} cannot be encoded as an IA5String"));
    }
    if kind == "URI" && super::x509::address(base).is_some() {
        return Err(format!("x509: failed to parse URI constraint {quoted}: cannot be IP address"));
    }
    let is_mailbox = kind == "rfc822Name" && base.contains(&b'@');
    if is_mailbox || is_domain(base) {
        return Ok(());
    }
    Err(format!("x509: failed to parse {kind} constraint {quoted}"))
}

/// `domainNameValid` of a constraint: no empty label but the first, no blanks, no dot at the end.
fn is_domain(name: &[u8]) -> bool {
    if name.ends_with(b".") {
        return false;
    }
    let name = name.strip_prefix(b".").unwrap_or(name);
    let is_label = |label: &[u8]| !label.is_empty() && label.iter().all(u8::is_ascii_graphic);
    name.is_empty() || name.split(|byte| *byte == b'.').all(is_label)
}

fn revocation_lists(mut value: Input) -> Result<(), Wrong> {
    let broken = "x509: invalid CRL distribution point";
    let mut points = value.read(SEQUENCE).ok_or("x509: invalid CRL distribution points")?;
    while !points.is_empty() {
        let mut point = points.read(SEQUENCE).ok_or(broken)?;
        let Some(mut name) = point.optional(explicit(0)).ok_or(broken)? else { continue };
        let mut names = name.read(explicit(0)).ok_or(broken)?;
        while names.is_next(context(6)) {
            names.read(context(6)).ok_or(broken)?;
        }
    }
    Ok(())
}

fn policies(mut value: Input) -> Option<()> {
    let mut policies = value.read(SEQUENCE)?;
    let mut seen = HashSet::new();
    while !policies.is_empty() {
        let oid = policies.read(SEQUENCE)?.read(der::OID)?;
        // Unlike other identifiers these may have numbers of any size.
        let ends = oid.0.last().is_some_and(|byte| byte & 0x80 == 0);
        let is_minimal = oid.0.split_inclusive(|byte| byte & 0x80 == 0).all(|number| number.first() != Some(&0x80));
        if !(ends && is_minimal && seen.insert(oid.0)) {
            return None;
        }
    }
    Some(())
}

fn policy_mappings(mut value: Input) -> Option<()> {
    let mut mappings = value.read(SEQUENCE)?;
    while !mappings.is_empty() {
        let mut mapping = mappings.read(SEQUENCE)?;
        mapping.read(der::OID)?;
        mapping.read(der::OID)?;
    }
    Some(())
}

fn authority_key_id(extension: &Extension) -> Result<(), Wrong> {
    if extension.is_critical {
        return Err("x509: authority key identifier incorrectly marked critical");
    }
    let mut value = extension.value;
    let id = value.read(SEQUENCE).and_then(|mut id| id.optional(context(0)));
    id.map(drop).ok_or("x509: invalid authority key identifier")
}

fn policy_constraints(mut value: Input) -> Option<()> {
    let mut parts = value.read(SEQUENCE)?;
    for tag in [context(0), context(1)] {
        if parts.is_next(tag) {
            parts.integer(tag).filter(|number| number.len() <= 8)?;
        }
    }
    Some(())
}

fn purposes(mut value: Input) -> Option<()> {
    let mut purposes = value.read(SEQUENCE)?;
    while !purposes.is_empty() {
        purposes.oid()?;
    }
    Some(())
}

fn authority_info_access(extension: &Extension) -> Result<(), Wrong> {
    if extension.is_critical {
        return Err("x509: authority info access incorrectly marked critical");
    }
    let broken = "x509: invalid authority info access";
    let mut value = extension.value;
    let mut descriptions = value.read(SEQUENCE).ok_or(broken)?;
    while !descriptions.is_empty() {
        let mut description = descriptions.read(SEQUENCE).ok_or(broken)?;
        description.oid().ok_or(broken)?;
        if description.is_next(context(6)) {
            description.read(context(6)).ok_or(broken)?;
        }
    }
    Ok(())
}
