## The page: the playground.
