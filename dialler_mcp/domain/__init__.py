"""What a contact-centre person knows: records, codes, states, times. Pure: no I/O."""
