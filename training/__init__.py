"""How the reader's weights are made: data, model, training, development figures, export."""
