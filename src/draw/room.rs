//! Room for connections and for work, each bounded: one client cannot keep others out, and none waits long.

use super::Fault;
use hyper::StatusCode;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

/// Connections at a time.
pub const CONNECTIONS: usize = 128;
/// Connections at a time from one address.
pub const PER_ADDRESS: usize = 64;
/// Requests that are computed or wait to be.
pub const REQUESTS: usize = 64;
/// Pictures that are decoded or wait to be, one after the other: each takes much memory and time.
pub const PICTURES: usize = 4;

/// The connections that are open.
#[derive(Debug, Default)]
pub struct Room(Mutex<Vec<Guest>>);

/// An open connection.
#[derive(Debug)]
struct Guest {
    address: IpAddr,
    /// The time at which its last answer was ready, or at which it began.
    active: Instant,
    /// Whether an answer is being computed.
    at_work: bool,
    end: Arc<Notify>,
}

/// The place of a connection, until it is dropped.
#[derive(Debug)]
pub struct Place {
    room: Arc<Room>,
    /// Is notified when the connection has to end, to make room for another.
    pub end: Arc<Notify>,
}

impl Room {
    fn guests(&self) -> MutexGuard<'_, Vec<Guest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a connection from this address. Where there is no room, the connection that has been idle longest ends:
    /// one from the same address if that has too many, else any. None if all of them are at work.
    pub fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let mut guests = self.guests();
        let crowded = guests.iter().filter(|guest| guest.address == address).count() >= PER_ADDRESS;
        if crowded || guests.len() >= CONNECTIONS {
            let may_end = |guest: &Guest| !guest.at_work && (!crowded || guest.address == address);
            let idle = guests.iter().enumerate().filter(|(_, guest)| may_end(guest));
            let (longest, _) = idle.min_by_key(|(_, guest)| guest.active)?;
            guests.swap_remove(longest).end.notify_one();
        }
        let end = Arc::new(Notify::new());
        guests.push(Guest { address, active: Instant::now(), at_work: false, end: Arc::clone(&end) });
        Some(Place { room: Arc::clone(self), end })
    }
}

impl Place {
    /// Notes that an answer is being computed, or no longer.
    pub fn set_at_work(&self, at_work: bool) {
        let mut guests = self.room.guests();
        if let Some(guest) = guests.iter_mut().find(|guest| Arc::ptr_eq(&guest.end, &self.end)) {
            (guest.at_work, guest.active) = (at_work, Instant::now());
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room.guests().retain(|guest| !Arc::ptr_eq(&guest.end, &self.end));
    }
}

/// Takes a permit.
///
/// # Errors
/// 503, at once, if there is none left.
pub fn admit(queue: &Semaphore) -> Result<SemaphorePermit<'_>, Fault> {
    let fault = "the server is busy with other requests: ask again in a second";
    queue.try_acquire().map_err(|_| Fault::new(StatusCode::SERVICE_UNAVAILABLE, fault))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn address(last: u8) -> IpAddr {
        Ipv4Addr::new(127, 0, 0, last).into()
    }

    /// Whether the connection of a place has been told to end.
    fn has_to_end(place: &Place) -> bool {
        !place.room.guests().iter().any(|guest| Arc::ptr_eq(&guest.end, &place.end))
    }

    #[test]
    fn one_address_makes_room_among_its_own_connections() {
        let room = Arc::new(Room::default());
        let other = room.enter(address(2)).unwrap();
        let places: Vec<Place> = (0..PER_ADDRESS).map(|_| room.enter(address(1)).unwrap()).collect();
        places[0].set_at_work(true);
        let last = room.enter(address(1)).unwrap();
        let ended = |place: &&Place| has_to_end(place);
        assert_eq!(places.iter().position(has_to_end), Some(1), "the longest idle");
        assert_eq!(places.iter().filter(ended).count(), 1);
        assert!(!has_to_end(&other) && !has_to_end(&last));
    }

    #[test]
    fn a_full_room_ends_idle_connections_and_none_at_work() {
        let room = Arc::new(Room::default());
        let enter = |n: usize| room.enter(address((1 + n * 2 / CONNECTIONS) as u8)).unwrap();
        let places: Vec<Place> = (0..CONNECTIONS).map(enter).collect();
        let new = room.enter(address(9)).unwrap();
        assert!(has_to_end(&places[0]) && places[1..].iter().all(|place| !has_to_end(place)));
        places.iter().chain([&new]).for_each(|place| place.set_at_work(true));
        assert!(room.enter(address(9)).is_none());
        drop(places);
        assert_eq!(room.guests().len(), 1, "places are given back");
    }
}
