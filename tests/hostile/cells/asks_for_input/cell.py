sparsity = float(input('sparsity? '))
