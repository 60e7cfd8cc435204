"""What is stored between the steps, and the shapes it is packed in: blocks, plans, outcomes.

Nothing is judged here; what the shapes mean is decided in plan.
"""
