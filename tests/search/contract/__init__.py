"""What every engine must do (`suite`), and the engines that do it, a file each."""
