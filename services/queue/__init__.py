"""排队: what people do with the queue. The same functions run in a window's own store and in the hall's hub."""
