//! YAML as Helm reads and writes it: a reader with the places of all nodes, and a writer.
//!
//! Mirrors `sigs.k8s.io/yaml` v1.6.0 on `go.yaml.in/yaml/v2` (2.4.3 and 2.4.4, which do not differ), byte for byte:
//! what is accepted, what it means, and the texts of errors; and the writer of `go.yaml.in/yaml/v3` 3.0.4 where Helm
//! uses it. Knows nothing of Helm.
//!
//! The layers, each of which sees only the one before: `input` (bytes to characters), `scan` (to tokens), `parse` (to
//! events), `tree` (to nodes), `check`, `decode` and `shape` (to values). `write` goes the other way.

mod check;
mod decode;
mod error;
mod input;
mod parse;
mod resolve;
mod scan;
mod shape;
mod syntax;
#[cfg(test)]
mod tests;
mod timestamp;
mod tree;
mod write;

pub use self::decode::{unmarshal, unmarshal_dict, unmarshal_list};
pub use self::error::Error;
pub use self::resolve::Scalar;
pub use self::scan::Style;
pub use self::shape::{ListShape, MapShape, Shape, StructShape, unmarshal_as, unmarshal_onto, unmarshal_strict_as};
pub use self::tree::{Document, Node, NodeKind, parse, parse_all};
pub use self::write::{marshal, marshal_pretty};
