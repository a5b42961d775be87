//! Charts: their model, and reading them from folders and archives.

mod model;

pub use model::{Chart, ChartFile, Dependency, Maintainer, Metadata};
