//! What the compiler does not check: circles between files, the order of the rooms, technologies outside of their room,
//! sizes, words, links. Each rule is a function from sources to faults, and a test checks that it finds one.

mod binaries;
mod circles;
mod house;
mod layers;
mod modules;
mod paths;
mod profile;
mod sizes;
mod technologies;
mod words;
