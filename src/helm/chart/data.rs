//! The bytes of a chart's files. A chart brings along readmes, pictures and megabytes of CRDs that hardly any template looks at:
//! those of a folder are read when somebody does.

use std::cell::OnceCell;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::archive::{MAX_FILE_SIZE, without_bom};

/// The bytes of a file, without a UTF-8 byte order mark. Cheap to clone.
#[derive(Clone)]
pub struct Data(Kind);

#[derive(Clone)]
enum Kind {
    Read(Arc<[u8]>),
    Later(Rc<Later>),
}

struct Later {
    path: PathBuf,
    bytes: OnceCell<Arc<[u8]>>,
}

impl Data {
    /// The bytes of a file that could be opened a moment ago. Should that have changed when they are asked for, there are none.
    pub(super) fn later(path: &Path) -> Data {
        Data(Kind::Later(Rc::new(Later { path: path.to_owned(), bytes: OnceCell::new() })))
    }

    /// The bytes, shared.
    pub fn shared(&self) -> &Arc<[u8]> {
        match &self.0 {
            Kind::Read(bytes) => bytes,
            Kind::Later(later) => later.bytes.get_or_init(|| read(&later.path).unwrap_or_default().into()),
        }
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE_SIZE).read_to_end(&mut bytes)?;
    Ok(without_bom(bytes))
}

impl Deref for Data {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.shared()
    }
}

impl From<Arc<[u8]>> for Data {
    fn from(bytes: Arc<[u8]>) -> Data {
        Data(Kind::Read(bytes))
    }
}

impl From<Vec<u8>> for Data {
    fn from(bytes: Vec<u8>) -> Data {
        Data(Kind::Read(bytes.into()))
    }
}

impl From<&[u8]> for Data {
    fn from(bytes: &[u8]) -> Data {
        Data(Kind::Read(bytes.into()))
    }
}

impl Default for Data {
    fn default() -> Data {
        Data::from(Vec::new())
    }
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Read(bytes) => write!(f, "Data({} bytes)", bytes.len()),
            Kind::Later(later) => write!(f, "Data({})", later.path.display()),
        }
    }
}
