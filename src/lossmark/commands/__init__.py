"""What the commands of ``lossmark`` do."""
