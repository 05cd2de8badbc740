//! The server as a child: started, killed, stopped and continued.
