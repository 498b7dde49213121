#!/opt/no/such/python3
print("Accuracy: 1.0")
