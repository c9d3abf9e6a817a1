/** The basket of the sample shop: it counts, nothing more. */
const basket = document.querySelector('#basket-count');
const announcement = document.querySelector('#basket-status');

for (const button of document.querySelectorAll('[data-add-to-basket]')) {
  button.addEventListener('click', () => {
    basket.textContent = String(Number(basket.textContent) + 1);
    announcement.textContent = `${button.dataset.addToBasket} is in your basket`;
  });
}
