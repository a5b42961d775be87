//! `--name-template`: a release's name as a template of its own, without data.
//!
//! Mirrors `TemplateName` (`pkg/action/install.go`), but for `env` and `expandenv`, which rendering never has here.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::go::template::{MissingKey, TemplateSet};
use crate::go::value::Value;
use crate::helm::dialect::Dialect;
use crate::helm::funcs::{self, Host};
use crate::helm::world::World;

/// The name a template gives.
///
/// # Errors
/// With Go's text when the template does not parse or fails.
pub fn release_name(template: &str, world: World, dialect: &'static Dialect) -> Result<String, String> {
    const NAME: &str = "name-template";
    let mut set = TemplateSet::new(NAME, funcs::table(dialect), MissingKey::Invalid);
    set.parse(NAME, template).map_err(|e| e.message)?;
    let host = Host { world: Rc::new(world), dialect, included: RefCell::new(HashMap::new()), read: None };
    let name = set.execute(NAME, &Value::Nil, &host).map_err(|e| e.message)?;
    Ok(name.to_text().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::dialect::Engine;

    #[test]
    fn names_are_rendered_without_data() {
        let name = |template| release_name(template, World::fixed(1), Engine::Helm4.dialect());
        assert_eq!(name("app-{{ \"X\" | lower }}-{{ add 1 1 }}").as_deref(), Ok("app-x-2"));
        assert!(name("{{ nope }}").unwrap_err().contains("function \"nope\" not defined"));
        assert!(name("{{ fail \"no\" }}").is_err());
    }
}
