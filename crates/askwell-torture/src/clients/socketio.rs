//! A Socket.IO client over a websocket.
