"""What travels to a runner: exactly the modules of this folder, which import only each other."""
