//! The head of a manifest: the few fields Helm reads before it knows what a document is.

use std::collections::BTreeMap;

/// `SimpleHead`, with every scalar as the text Helm makes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.annotations`.
    pub annotations: BTreeMap<String, String>,
}

impl Head {
    /// Reads the first YAML document of a text.
    ///
    /// # Errors
    /// With the YAML reader's text.
    pub fn parse(_text: &[u8]) -> Result<Head, String> {
        Err("this build cannot read YAML yet".to_owned())
    }
}
