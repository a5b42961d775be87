//! Flags of a command that are defined when the command is asked for. Defining those of all commands takes longer than reading the
//! command line, and a twentieth of what planning a small chart takes.

use std::convert::identity;

use clap::builder::Resettable;
use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches};

/// The arguments of a command.
#[derive(Debug)]
pub(crate) struct Later<T>(pub Box<T>);

impl<T: Args> Args for Later<T> {
    fn augment_args(command: Command) -> Command {
        command.defer(define::<T>)
    }

    fn augment_args_for_update(command: Command) -> Command {
        T::augment_args_for_update(command)
    }
}

/// Defines the flags before those of every command, which are there already. What the command is about was said where it was listed.
fn define<T: Args>(command: Command) -> Command {
    let (about, long_about) = (command.get_about().cloned(), command.get_long_about().cloned());
    let of_all = command.get_arguments().count();
    let command = T::augment_args(command).about(Resettable::from(about)).long_about(Resettable::from(long_about));
    let mut args: Vec<Arg> = command.get_arguments().cloned().collect();
    args.rotate_left(of_all);
    let mut args = args.into_iter();
    command.mut_args(|arg| args.next().unwrap_or(arg))
}

/// The command with its flags, for who wants to change them.
pub(crate) fn now<T: Args>(command: Command) -> Command {
    define::<T>(command).defer(identity)
}

impl<T: FromArgMatches> FromArgMatches for Later<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Later<T>, Error> {
        T::from_arg_matches(matches).map(Box::new).map(Later)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Later<T>, Error> {
        T::from_arg_matches_mut(matches).map(Box::new).map(Later)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}
