//! Go's string: shared, immutable bytes that are usually, but not always, UTF-8.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

use bstr::{BStr, ByteSlice};

use crate::go::limits;

/// A byte string that is cheap to clone. Derefs to [`BStr`], which has the string methods.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Str(Rc<[u8]>);

/// What a text takes beside its bytes: its counts, what the allocator adds, and the value it usually lies in.
const OVERHEAD: usize = 64;

impl Str {
    fn counted(bytes: Rc<[u8]>) -> Str {
        limits::work(OVERHEAD + bytes.len());
        Str(bytes)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, with U+FFFD where the bytes are not UTF-8.
    pub fn to_text(&self) -> std::borrow::Cow<'_, str> {
        self.0.to_str_lossy()
    }
}

impl Default for Str {
    fn default() -> Str {
        Str(Rc::from(&b""[..]))
    }
}

impl Deref for Str {
    type Target = BStr;
    fn deref(&self) -> &BStr {
        self.0.as_bstr()
    }
}

impl Borrow<[u8]> for Str {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Str {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<&str> for Str {
    fn from(s: &str) -> Str {
        Str::counted(Rc::from(s.as_bytes()))
    }
}

impl From<String> for Str {
    fn from(s: String) -> Str {
        Str::counted(Rc::from(s.into_bytes()))
    }
}

impl From<&[u8]> for Str {
    fn from(s: &[u8]) -> Str {
        Str::counted(Rc::from(s))
    }
}

impl From<Vec<u8>> for Str {
    fn from(s: Vec<u8>) -> Str {
        Str::counted(Rc::from(s))
    }
}

impl From<&BStr> for Str {
    fn from(s: &BStr) -> Str {
        Str(Rc::from(s.as_bytes()))
    }
}

impl PartialEq<str> for Str {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Str {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == other.as_bytes()
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0.as_bstr(), f)
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.0.as_bstr(), f)
    }
}
