//! The templates of a chart and of the charts below it, parsed: which there are, and in which order Helm runs them.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::{RenderError, error, joined};
use crate::go::template::{MissingKey, ParsedTexts, TemplateSet};
use crate::go::value::Str;
use crate::helm::chart::Chart;
use crate::helm::funcs::ReadTexts;

/// Parsed templates; the same for all renderings of a chart.
#[derive(Debug)]
pub struct Templates {
    by_path: HashMap<String, Template, RandomState>,
    /// Helm's order: deeper paths first, later names first.
    order: Vec<String>,
    set: TemplateSet,
    read: Rc<ReadTexts>,
}

#[derive(Debug)]
struct Template {
    text: Arc<[u8]>,
    /// Which chart it belongs to: a chart comes before those below it.
    chart: usize,
    base_path: Rc<str>,
}

impl Templates {
    /// Parses the templates of a chart, its disabled dependencies already removed; `texts` holds what was parsed of it before.
    ///
    /// # Errors
    /// The first template, in Helm's order, that does not parse.
    pub fn new(chart: &Chart, texts: &Rc<ParsedTexts>) -> Result<Templates, RenderError> {
        let mut by_path = HashMap::default();
        collect(chart, &mut 0, &mut by_path);
        let depth = |path: &str| path.bytes().filter(|byte| *byte == b'/').count();
        let mut order: Vec<(usize, String)> = by_path.keys().map(|path| (depth(path), path.clone())).collect();
        order.sort_unstable_by(|a, b| b.cmp(a));
        let order: Vec<String> = order.into_iter().map(|(_, path)| path).collect();
        let mut set = TemplateSet::over(Rc::clone(texts), MissingKey::Zero);
        let text = |path: &String| by_path.get(path).map(|template| template.text.clone()).unwrap_or_default();
        let files: Vec<(Str, Arc<[u8]>)> = order.iter().map(|path| (path.as_str().into(), text(path))).collect();
        set.parse_all(&files).map_err(|(at, e)| error::parse_error(order.get(at).map_or("", String::as_str), *e))?;
        Ok(Templates { by_path, order, set, read: Rc::default() })
    }

    /// The templates that are rendered, in order: partials are not.
    pub(super) fn outputs(&self) -> impl Iterator<Item = &str> {
        let is_output = |path: &&String| !path.rsplit('/').next().unwrap_or(path).starts_with('_');
        self.order.iter().filter(is_output).map(String::as_str)
    }

    /// The place of a template's chart, and what it sees as `.Template.BasePath`.
    pub(super) fn chart_of(&self, path: &str) -> Option<(usize, &str)> {
        self.by_path.get(path).map(|template| (template.chart, &*template.base_path))
    }

    /// What their renderings have read as YAML.
    pub(super) fn read(&self) -> &Rc<ReadTexts> {
        &self.read
    }

    pub(super) fn set(&self) -> &TemplateSet {
        &self.set
    }
}

/// Adds the templates of a chart and of its dependencies. Of two at one path the later one stays.
fn collect(chart: &Chart, place: &mut usize, templates: &mut HashMap<String, Template, RandomState>) {
    let own = *place;
    *place += 1;
    for child in &chart.dependencies {
        collect(child, place, templates);
    }
    let library = chart.is_library();
    let base_path: Rc<str> = joined(&chart.path, "templates").into();
    for file in chart.templates.iter() {
        let base = file.name.rsplit('/').next().unwrap_or(&file.name);
        if library && !base.starts_with('_') {
            continue;
        }
        templates.insert(
            joined(&chart.path, &file.name),
            Template { text: Arc::clone(file.data.shared()), chart: own, base_path: Rc::clone(&base_path) },
        );
    }
}
