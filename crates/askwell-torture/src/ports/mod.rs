//! Decorators of ports: the planted bugs.
