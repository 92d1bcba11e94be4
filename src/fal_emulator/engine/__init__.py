"""What runs apps: environments, runner processes, scaling, rollouts and the queue."""
