//! Where the events of a run go: a screen, a pipe, files.

use std::cell::RefCell;
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::time::Instant;

use jiff::Timestamp;

use crate::cli::exit::Fatal;
use crate::cli::output::{Target, to_stdout};
use crate::cli::settings::Settings;
use crate::cluster::preflight::Report;
use crate::cluster::run::RunEvent;
use crate::hooks::{Event, Release};
use crate::report::look::Look;
use crate::report::run::{Lines, Live, Run, Text, heading, nothing, preflight};

/// Formats of `run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Json,
}

/// Formats by name.
pub(super) const FORMATS: [(&str, Format); 2] = [("text", Format::Text), ("json", Format::Json)];

/// A place that is open.
pub(super) enum Sink {
    Stdout,
    File(String, File),
}

impl Sink {
    fn write(&mut self, text: &str) -> Result<(), Fatal> {
        match self {
            Sink::Stdout => to_stdout(text.as_bytes()),
            Sink::File(name, file) => {
                file.write_all(text.as_bytes()).map_err(|e| Fatal::load(format!("cannot write {name}: {e}")))
            }
        }
    }
}

/// What is open, before it is known what will be said.
pub(super) struct Outputs {
    places: Vec<(Format, Sink, Look)>,
    /// True once the run has begun.
    begun: bool,
}

impl Outputs {
    /// Opens files.
    ///
    /// # Errors
    /// When one cannot be written.
    pub(super) fn open(targets: &[Target<Format>], settings: &Settings) -> Result<Outputs, Fatal> {
        let open = |target: &Target<Format>| {
            let look = settings.look.for_file(target.file.is_some());
            let sink = match &target.file {
                None => Sink::Stdout,
                Some(name) => {
                    let file = File::create(name).map_err(|e| Fatal::usage(format!("cannot write {name}: {e}")))?;
                    Sink::File(name.clone(), file)
                }
            };
            Ok((target.format, sink, look))
        };
        Ok(Outputs { places: targets.iter().map(open).collect::<Result<_, _>>()?, begun: false })
    }

    /// True when a person reads along on stdout.
    pub(super) fn shows_text(&self) -> bool {
        self.places.iter().any(|(format, sink, _)| *format == Format::Text && matches!(sink, Sink::Stdout))
    }

    /// Shows the plan.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn plan(&mut self, run: &Run<'_>) -> Result<(), Fatal> {
        self.each(|format, look| match format {
            Format::Text => heading(run, look),
            Format::Json => Lines::new(run).plan(Timestamp::now()),
        })
    }

    /// Shows what was looked at.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn preflight(&mut self, run: &Run<'_>, report: &Report, lock: Option<&str>) -> Result<(), Fatal> {
        self.each(|format, look| match format {
            Format::Text => preflight(report, lock, run, look),
            Format::Json => Lines::new(run).preflight(Timestamp::now(), report),
        })
    }

    /// Says some words to people.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn say(&mut self, words: &str) -> Result<(), Fatal> {
        self.each(|format, _| if format == Format::Text { words.to_owned() } else { String::new() })
    }

    /// Says that there is nothing to run.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn nothing(&mut self, event: Event, release: &Release) -> Result<(), Fatal> {
        self.each(|format, look| match format {
            Format::Text => nothing(event, release, look),
            Format::Json => Lines::nothing(Timestamp::now(), event, release),
        })
    }

    /// Says to machines that there will be no run; nothing when there was one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn refused(&mut self, fatal: &Fatal) -> Result<(), Fatal> {
        let begun = self.begun;
        self.each(|format, _| match format {
            Format::Json if begun => String::new(),
            Format::Text => String::new(),
            Format::Json => Lines::refused(Timestamp::now(), fatal.code, &fatal.message, fatal.help.as_deref()),
        })
    }

    fn each(&mut self, text: impl Fn(Format, &Look) -> String) -> Result<(), Fatal> {
        for (format, sink, look) in &mut self.places {
            let text = text(*format, look);
            if !text.is_empty() {
                sink.write(&text)?;
            }
        }
        Ok(())
    }
}

/// What a printer is.
enum Printer<'a> {
    Live(Box<Live<'a>>),
    Text(Box<Text<'a>>, &'a mut Sink),
    Json(Lines<'a>, &'a mut Sink),
}

/// The printers of a run.
pub(super) struct Printers<'a> {
    printers: RefCell<Vec<Printer<'a>>>,
    failed: RefCell<Option<Fatal>>,
    began: Instant,
}

impl<'a> Printers<'a> {
    /// For a run that begins now.
    pub(super) fn new(outputs: &'a mut Outputs, run: &'a Run<'a>) -> Printers<'a> {
        let began = Instant::now();
        outputs.begun = true;
        let live = std::io::stdout().is_terminal();
        let printer = |(format, sink, look): &'a mut (Format, Sink, Look)| match (format, &sink) {
            (Format::Text, Sink::Stdout) if live => Printer::Live(Box::new(Live::new(run, look, began))),
            (Format::Text, _) => Printer::Text(Box::new(Text::new(run, look.clone(), false)), sink),
            (Format::Json, _) => Printer::Json(Lines::new(run), sink),
        };
        let printers = outputs.places.iter_mut().map(printer).collect();
        Printers { printers: RefCell::new(printers), failed: RefCell::new(None), began }
    }

    /// True when a line changes on the screen.
    pub(super) fn are_live(&self) -> bool {
        self.printers.borrow().iter().any(|printer| matches!(printer, Printer::Live(_)))
    }

    /// Prints an event. A place that cannot be written any more stops nothing; it is told at the end.
    pub(super) fn event(&self, now: Timestamp, event: &RunEvent, code: u8) {
        for printer in self.printers.borrow_mut().iter_mut() {
            let written = match printer {
                Printer::Live(live) => {
                    live.event(event);
                    Ok(())
                }
                Printer::Text(text, sink) => sink.write(&text.event(self.began.elapsed(), event)),
                Printer::Json(lines, sink) => sink.write(&lines.event(now, event, code)),
            };
            if let Err(fatal) = written {
                self.failed.borrow_mut().get_or_insert(fatal);
            }
        }
    }

    /// Lets time be seen; ends never.
    pub(super) async fn turn(&self) {
        loop {
            tokio::time::sleep(Live::pause()).await;
            for printer in self.printers.borrow_mut().iter_mut() {
                if let Printer::Live(live) = printer {
                    live.turn();
                }
            }
        }
    }

    /// Says something beside the events, above the line that changes.
    pub(super) fn aside(&self, words: &str, settings: &Settings) {
        let text = settings.error_look.clean(words);
        for printer in self.printers.borrow_mut().iter_mut() {
            if let Printer::Live(live) = printer {
                return live.aside(&text);
            }
        }
        crate::cli::output::to_stderr(&format!("{text}\n"));
    }

    /// Leaves nothing that changes on the screen: the run has ended without its last event.
    pub(super) fn abandon(&self) {
        for printer in self.printers.borrow().iter() {
            if let Printer::Live(live) = printer {
                live.end();
            }
        }
    }

    /// What could not be written.
    ///
    /// # Errors
    /// With the first of it.
    pub(super) fn end(self) -> Result<(), Fatal> {
        self.failed.into_inner().map_or(Ok(()), Err)
    }
}
