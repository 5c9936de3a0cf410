//! Abilities, proved with the official client libraries on real servers: *sufficient* (what a library offers for an
//! ability works), *tight* (everything else is refused) and *minimal* (without any of its subjects, something fails).

mod cases;
mod domains;
mod limits;
mod meant;
mod minimal;
mod mqtt;
mod operations;
mod probes;
mod sufficient;
mod tight;
mod world;
